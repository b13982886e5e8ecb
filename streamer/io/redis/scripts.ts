/**
 * Every change to the shared state, as Lua: Redis runs a script whole or not at all, so no other instance ever sees half of a change. All of them take
 * the time from Redis, and all may be repeated: an answer that was lost on its way costs nothing but the repetition.
 *
 * The one key that is named, `{prefix}:meta`, carries the hash tag that puts all others on the same node of a cluster:
 * - `meta` hash: epoch, claims_from, start_from, floor, forgotten_before, counter, quarantine_seq, wanted_seq, lister, lister_until
 * - `sessions` sorted by the end of their lease · `held:<session>` set of ids · `claims` id -> token · `marks` session -> number of its last commit, or of the last piece that it told of what it remembers
 * - `ended` sessions by the time at which others took what they held: one that was only slow comes back, and what it said still stands; and those that tell
 *   what they remember before they renew
 * - `turns` session -> number of its last renewal or claim · `done:<session>` tokens of the completions in its last commit
 * - `ready` ids sorted by rank · `objects` id -> what is told of an object that is ready or claimed
 * - `complete` ids sorted by the hour of LastModified, so that forgetting is one range · `partial` id -> settled ranges, `partial_time` by LastModified
 * - `quarantine` number -> record, `quarantine_ids` for repetitions, `quarantine_closed` by time, `retries:<request>` the records that a request answers
 * - `replaced` epochs that an operator has ended: what an instance remembers of them would undo it
 * - `dropped` process -> lines that `http.on_full: drop` threw away
 * - `wanted` number -> request, `wanted_ids` id -> number, `wanted_owner` number -> id
 */

import { COUNT_HOURS, COUNT_SESSIONS, LIST_COMPLETE, REWIND, SET_ASIDE, WANT } from './admin-scripts.ts';
import { COMMIT } from './commit-script.ts';

/** After an outage: a connection that hangs is given up after 3 s, and made again within another 2. */
const RETURN_MS = 5_000;
/** Of a session that has ended: nobody stands still for longer and goes on. */
const REMEMBERED_MS = 86_400_000;

export interface Script {
  readonly name: string;
  readonly lua: string;
}

/** Epoch ms. */
const REDIS_CLOCK = `
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end`;

const COMMON = `
local meta = KEYS[1]
local prefix = string.sub(meta, 1, -5)
local function key(name) return prefix .. name end

-- Whatever its LastModified: one that was copied onto itself is the same version.
local function isComplete(id) return redis.call('ZSCORE', key('complete'), id) and true or false end

-- What is older may have been complete, and have been forgotten.
local function isOlderThanMemory(lastModifiedMs)
  local before = redis.call('HGET', meta, 'forgotten_before')
  return before and lastModifiedMs and lastModifiedMs < tonumber(before)
end

local function sessionOf(token) return string.match(token, '[^.]+$') end

-- The request for which the object is read, or '0'.
local function wantedOf(id)
  local shared = redis.call('HGET', key('objects'), id)
  local wanted = shared and cjson.decode(shared).wanted
  return type(wanted) == 'table' and string.format('%d', wanted.seq) or '0'
end

local function dropClaim(id)
  local token = redis.call('HGET', key('claims'), id)
  if token then
    redis.call('HDEL', key('claims'), id)
    redis.call('SREM', key('held:' .. sessionOf(token)), id)
  end
end

local function makeReady(id)
  dropClaim(id)
  local shared = redis.call('HGET', key('objects'), id)
  if shared then redis.call('ZADD', key('ready'), cjson.decode(shared).rankMs, id) end
end

local function endSession(session)
  local ids = redis.call('SMEMBERS', key('held:' .. session))
  for _, id in ipairs(ids) do makeReady(id) end
  redis.call('ZREM', key('sessions'), session)
  redis.call('HDEL', key('turns'), session)
  redis.call('DEL', key('done:' .. session))
  return #ids
end

-- Every lease has ended, that of one who asks too: Redis was away. Whoever is back first leaves the others time to tell what they settled meanwhile.
local function spareAll(at, session)
  if not redis.call('ZSCORE', key('sessions'), session) or redis.call('ZCOUNT', key('sessions'), '(' .. at, '+inf') > 0 then return end
  for _, spared in ipairs(redis.call('ZRANGE', key('sessions'), 0, -1)) do redis.call('ZADD', key('sessions'), at + ${RETURN_MS}, spared) end
end

-- False for one that comes after a later one: what it says of the claims is old.
local function takeTurn(session, turn)
  if tonumber(turn) < tonumber(redis.call('HGET', key('turns'), session) or 0) then return false end
  redis.call('HSET', key('turns'), session, turn)
  return true
end

local function endDeadSessions(at, survivor)
  spareAll(at, survivor)
  local objects = 0
  for _, session in ipairs(redis.call('ZRANGEBYSCORE', key('sessions'), '-inf', at)) do
    if session ~= survivor then
      objects = objects + endSession(session)
      redis.call('ZADD', key('ended'), at, session)
    end
  end
  for _, session in ipairs(redis.call('ZRANGEBYSCORE', key('ended'), '-inf', at - ${REMEMBERED_MS})) do
    redis.call('ZREM', key('ended'), session)
    redis.call('HDEL', key('marks'), session)
  end
  return objects
end

local function union(ranges)
  table.sort(ranges, function(left, right) return left[1] < right[1] end)
  local merged = {}
  for _, range in ipairs(ranges) do
    local last = merged[#merged]
    if range[2] > range[1] then
      if last and range[1] <= last[2] then last[2] = math.max(last[2], range[2])
      else merged[#merged + 1] = { range[1], range[2] } end
    end
  end
  return merged
end`;

/** Whoever does not know of the last time that Redis forgot everything must hear of it before it changes anything. */
const SAME_EPOCH = `
if redis.call('HGET', meta, 'epoch') ~= ARGV[1] then return redis.error_reply('EPOCH the state was begun anew') end`;

/** ARGV: the epoch that the instance knows or '', a new one, lease. Gives back the epoch, and 1 if an operator has replaced the one that the instance knows. */
const OPEN = `
local epoch = redis.call('HGET', meta, 'epoch')
local isReplaced = redis.call('SISMEMBER', key('replaced'), ARGV[1])
if epoch then return { epoch, isReplaced } end
redis.call('HSET', meta, 'epoch', ARGV[2])
-- Somebody remembers an earlier epoch: Redis has forgotten it. The others must tell what they remember before anything is claimed.
if ARGV[1] ~= '' and isReplaced == 0 then redis.call('HSET', meta, 'claims_from', now() + ARGV[3]) end
return { ARGV[2], isReplaced }`;

/** ARGV: epoch, session, lease, turn, the last number of which it had an answer, then id and token of each object that it holds. */
const RENEW = `
local at = now()
local session = ARGV[2]
local takenOver = endDeadSessions(at, session)
local isKnown = redis.call('ZSCORE', key('sessions'), session)
redis.call('ZADD', key('sessions'), at + ARGV[3], session)
redis.call('ZREM', key('ended'), session)
local lost, missing, held = {}, {}, {}
for index = 6, #ARGV, 2 do
  local id, token = ARGV[index], ARGV[index + 1]
  local current = redis.call('HGET', key('claims'), id)
  held[id] = true
  if current ~= token then
    if current or not isKnown then lost[#lost + 1] = token
    elseif not isComplete(id) then missing[#missing + 1] = token
    -- Somebody remembered it as complete, after Redis had forgotten. But the session may not have heard yet that it completed it itself.
    elseif redis.call('SISMEMBER', key('done:' .. session), token) == 0 then lost[#lost + 1] = token end
  end
end
local mark = redis.call('HGET', key('marks'), session) or '0'
-- What it does not hold any more it may have completed, and we have forgotten: first it must tell.
if takeTurn(session, ARGV[4]) and tonumber(mark) >= tonumber(ARGV[5]) then
  for _, id in ipairs(redis.call('SMEMBERS', key('held:' .. session))) do
    if not held[id] then makeReady(id) end
  end
end
local lister = redis.call('HGET', meta, 'lister')
if not lister or lister == session or tonumber(redis.call('HGET', meta, 'lister_until')) <= at then
  redis.call('HSET', meta, 'lister', session, 'lister_until', at + ARGV[3])
  lister = session
end
local head = {}
for index, field in ipairs({ 'start_from', 'floor', 'forgotten_before' }) do head[index] = redis.call('HGET', meta, field) or '' end
return { lister == session and 1 or 0, takenOver, mark, head, lost, missing }`;

/** Claims that Redis has forgotten and nobody else has. ARGV: epoch, session, lease, then id, token and object of each. Gives back the tokens that are lost. */
const RESTORE = `
local session = ARGV[2]
redis.call('ZADD', key('sessions'), now() + ARGV[3], session)
local lost = {}
for index = 4, #ARGV, 3 do
  local id, token = ARGV[index], ARGV[index + 1]
  local current = redis.call('HGET', key('claims'), id)
  if not current and not isComplete(id) then
    redis.call('HSETNX', key('objects'), id, ARGV[index + 2])
    redis.call('ZREM', key('ready'), id)
    redis.call('HSET', key('claims'), id, token)
    redis.call('SADD', key('held:' .. session), id)
  elseif current ~= token then
    lost[#lost + 1] = token
  end
end
return lost`;

/** ARGV: epoch, how many may be ready (live ones: as many again), live window, then id, rank, number and kind of a request or '', and the object itself. */
const OFFER = `
local answers = {}
local at = now()
local ready = redis.call('ZCARD', key('ready'))
for index = 4, #ARGV, 5 do
  local id, rank = ARGV[index], ARGV[index + 1]
  local wanted, kind = ARGV[index + 2], ARGV[index + 3]
  local answer = 'queued'
  -- A request that is not there was fulfilled, or forgotten: then its object may have to be read all the same, unless it is so old that it may have been
  -- complete and forgotten; who asked is told to ask again.
  local isWanted = wanted ~= '' and redis.call('HEXISTS', key('wanted'), wanted) == 1
  if isComplete(id) and not (isWanted and kind == 'again') then answer = 'complete'
  elseif redis.call('HEXISTS', key('objects'), id) == 1 then answer = 'under-way'
  elseif kind == 'again' and not isWanted and isOlderThanMemory(cjson.decode(ARGV[index + 4]).object.lastModifiedMs) then answer = 'complete'
  elseif ready >= ARGV[2] * (tonumber(rank) > at - ARGV[3] and 2 or 1) then answer = 'full'
  else
    redis.call('HSET', key('objects'), id, ARGV[index + 4])
    -- No clock that is ahead may put it behind others.
    redis.call('ZADD', key('ready'), math.min(rank, at), id)
    ready = ready + 1
  end
  answers[#answers + 1] = answer
end
return answers`;

/**
 * ARGV: epoch, session, turn, how many at most, live window. Of what is ready, nobody takes more at a time than his equal share, and none
 * whose lease is over takes anything: a fail-over may have forgotten its last renewal, and others take at once what it has. Gives back how many objects were
 * taken over, 1 where its lease is over, then token, object and partial record of each.
 */
const CLAIM = `
local at = now()
local session, objectsMax = ARGV[2], tonumber(ARGV[4])
local from = redis.call('HGET', meta, 'claims_from')
if from and tonumber(from) > at then return { 0, 0 } end
local claimed = { endDeadSessions(at, session), 0 }
local untilMs = redis.call('ZSCORE', key('sessions'), session)
if not untilMs or tonumber(untilMs) <= at then return { claimed[1], 1 } end
takeTurn(session, ARGV[3])
local share = math.ceil(redis.call('ZCARD', key('ready')) / redis.call('ZCARD', key('sessions')))
objectsMax = math.min(objectsMax, share)
local liveFrom = at - ARGV[5]
-- Also what is later than now: nobody's clock may make it wait, nor ours, should it be set back or be that of another server.
local ids = redis.call('ZRANGEBYSCORE', key('ready'), '(' .. liveFrom, '+inf', 'LIMIT', 0, objectsMax)
if #ids < objectsMax then
  local rest = objectsMax - #ids
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('ready'), '-inf', liveFrom, 'LIMIT', 0, rest)) do ids[#ids + 1] = id end
end
for _, id in ipairs(ids) do
  redis.call('ZREM', key('ready'), id)
  local wanted = wantedOf(id)
  if wanted ~= '0' and isComplete(id) and redis.call('HEXISTS', key('wanted'), wanted) == 0 then
    -- Its request was fulfilled by one whose completion did not count, or was replaced: nobody asks for this reading.
    redis.call('HDEL', key('objects'), id)
    redis.call('HDEL', key('partial'), id)
    redis.call('ZREM', key('partial_time'), id)
  else
    -- A replica that lagged counts from an earlier number: the turn makes it a new token all the same.
    local token = table.concat({ ARGV[1], redis.call('HINCRBY', meta, 'counter', 1), ARGV[3], wanted, session }, '.')
    redis.call('HSET', key('claims'), id, token)
    redis.call('SADD', key('held:' .. session), id)
    local partial = redis.call('HGET', key('partial'), id)
    claimed[#claimed + 1] = token
    claimed[#claimed + 1] = redis.call('HGET', key('objects'), id)
    claimed[#claimed + 1] = partial or ''
  end
end
return claimed`;

/** ARGV: epoch, then id and token of each. */
const DISMISS = `
for index = 2, #ARGV, 2 do
  if redis.call('HGET', key('claims'), ARGV[index]) == ARGV[index + 1] then
    dropClaim(ARGV[index])
    redis.call('HDEL', key('objects'), ARGV[index])
  end
end
return 1`;

/** ARGV: epoch, session, the last number of which it had an answer. Gives back the number that we have; where that is less, we have forgotten what it completed, and it must tell first. */
const LEAVE = `
local mark = redis.call('HGET', key('marks'), ARGV[2]) or '0'
if tonumber(mark) < tonumber(ARGV[3]) then return mark end
endSession(ARGV[2])
redis.call('ZREM', key('ended'), ARGV[2])
redis.call('HDEL', key('marks'), ARGV[2])
if redis.call('HGET', meta, 'lister') == ARGV[2] then redis.call('HDEL', meta, 'lister') end
return mark`;

/** ARGV: epoch, then the id of each object. Gives back '' where nothing is known, 'complete', or the partial record. */
const LOOKUP = `
local records = {}
for index = 2, #ARGV do
  records[#records + 1] = isComplete(ARGV[index]) and 'complete' or redis.call('HGET', key('partial'), ARGV[index]) or ''
end
return records`;

export type Scripts = ReturnType<typeof createScripts>;

/** A test may give another clock: \`now()\` in Lua. */
export function createScripts(clock = REDIS_CLOCK) {
  const script = (name: string, body: string): Script => ({ name, lua: `${clock}\n${COMMON}\n${body}` });
  const inEpoch = (name: string, body: string): Script => script(name, `${SAME_EPOCH}\n${body}`);
  return {
    open: script('open', OPEN),
    renew: inEpoch('renew', RENEW),
    restore: inEpoch('restore', RESTORE),
    offer: inEpoch('offer', OFFER),
    claim: inEpoch('claim', CLAIM),
    dismiss: inEpoch('dismiss', DISMISS),
    leave: inEpoch('leave', LEAVE),
    lookup: inEpoch('lookup', LOOKUP),
    commit: inEpoch('commit', COMMIT),
    countHours: inEpoch('count hours', COUNT_HOURS),
    listComplete: inEpoch('list complete', LIST_COMPLETE),
    countSessions: inEpoch('count sessions', COUNT_SESSIONS),
    want: inEpoch('want', WANT),
    rewind: inEpoch('rewind', REWIND),
    setAside: inEpoch('set aside', SET_ASIDE),
  };
}
