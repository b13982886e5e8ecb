/** What the commands change in the shared state, as Lua, on the keys that `scripts.ts` describes. */

/** ARGV: epoch. Gives back hour and number of objects, in turn, of each hour that has some. */
export const COUNT_HOURS = `
local counts = {}
local first = redis.call('ZRANGE', key('complete'), 0, 0, 'WITHSCORES')[2]
if not first then return counts end
local last = redis.call('ZREVRANGE', key('complete'), 0, 0, 'WITHSCORES')[2]
for hour = tonumber(first), tonumber(last) do
  local objects = redis.call('ZCOUNT', key('complete'), hour, hour)
  if objects > 0 then
    counts[#counts + 1] = hour
    counts[#counts + 1] = objects
  end
end
return counts`;

/** ARGV: epoch, first and last place. Gives back id and hour, in turn, of the complete objects there. */
export const LIST_COMPLETE = `
return redis.call('ZRANGE', key('complete'), ARGV[2], ARGV[3], 'WITHSCORES')`;

/** ARGV: epoch. Gives back how many sessions live. */
export const COUNT_SESSIONS = `
return redis.call('ZCOUNT', key('sessions'), '(' .. now(), '+inf')`;

/**
 * ARGV: epoch, requests as JSON: id, the earlier request of the object that the caller has taken into account or '', record, isWhole, records of the quarantine,
 * and what of the object is not asked for, where lines of it are; or null.
 * Gives back 0 for each that was written, 1 for each whose object has another earlier request by now.
 */
export const WANT = `
local requests = cjson.decode(ARGV[2])
local records = {}
for _, number in ipairs(redis.call('HKEYS', key('quarantine'))) do
  records[number] = cjson.decode(redis.call('HGET', key('quarantine'), number))
end

local function answer(number, seq)
  local record = records[number]
  if not record then return end
  if record.wantedSeq then redis.call('SREM', key('retries:' .. string.format('%d', record.wantedSeq)), number) end
  record.wantedSeq = seq
  redis.call('HSET', key('quarantine'), number, cjson.encode(record))
  redis.call('SADD', key('retries:' .. seq), number)
end

-- What an earlier reading set aside of what is asked for now does not count for it.
local function keepOnly(id, leftOut)
  local stored = redis.call('HGET', key('partial'), id)
  if not stored then return end
  local partial = cjson.decode(stored)
  local both = {}
  for _, range in ipairs(partial.settled) do
    for _, other in ipairs(leftOut) do
      local from, to = math.max(range[1], other[1]), math.min(range[2], other[2])
      if to > from then both[#both + 1] = { from, to } end
    end
  end
  if #both > 0 then
    redis.call('HSET', key('partial'), id, cjson.encode({ object = partial.object, settled = both }))
  else
    redis.call('HDEL', key('partial'), id)
    redis.call('ZREM', key('partial_time'), id)
  end
end

local conflicts = {}
for _, request in ipairs(requests) do
  local earlier = redis.call('HGET', key('wanted_ids'), request.id) or ''
  conflicts[#conflicts + 1] = earlier == request.earlier and 0 or 1
  if earlier == request.earlier then
    -- Later than any before, also than those that Redis has forgotten.
    local seq = math.max(redis.call('HINCRBY', meta, 'wanted_seq', 1), now())
    redis.call('HSET', meta, 'wanted_seq', seq)
    if earlier ~= '' then
      for _, number in ipairs(redis.call('SMEMBERS', key('retries:' .. earlier))) do answer(number, seq) end
      redis.call('HDEL', key('wanted'), earlier)
      redis.call('HDEL', key('wanted_owner'), earlier)
    end
    redis.call('HSET', key('wanted'), seq, request.record)
    redis.call('HSET', key('wanted_ids'), request.id, seq)
    redis.call('HSET', key('wanted_owner'), seq, request.id)
    if request.isWhole then
      -- What an interrupted reading delivered before this request does not count for it.
      redis.call('HDEL', key('partial'), request.id)
      redis.call('ZREM', key('partial_time'), request.id)
      for number, record in pairs(records) do
        if record.objectId == request.id and not record.closedMs then answer(number, seq) end
      end
    elseif type(request.leftOut) == 'table' then keepOnly(request.id, request.leftOut) end
    for _, number in ipairs(request.quarantine) do answer(number, seq) end
  end
end
return conflicts`;

/** ARGV: epoch, the new one, hour, now on the caller's clock. Gives back what was forgotten: complete and partial objects; or -1 and how many sessions live. */
export const REWIND = `
local living = redis.call('ZCOUNT', key('sessions'), '(' .. now(), '+inf')
if living > 0 then return { -1, living } end
local hour = tonumber(ARGV[3])
local fromMs = hour * 3600000
for _, session in ipairs(redis.call('ZRANGE', key('sessions'), 0, -1)) do endSession(session) end
for _, field in ipairs({ 'start_from', 'floor' }) do
  local ms = tonumber(redis.call('HGET', meta, field))
  if ms and ms > fromMs then redis.call('HSET', meta, field, fromMs) end
end
local complete = redis.call('ZREMRANGEBYSCORE', key('complete'), hour, '+inf')
local partial = redis.call('ZRANGEBYSCORE', key('partial_time'), fromMs, '+inf')
for _, id in ipairs(partial) do redis.call('HDEL', key('partial'), id) end
redis.call('ZREMRANGEBYSCORE', key('partial_time'), fromMs, '+inf')
-- They are read again with everything else.
for _, seq in ipairs(redis.call('HKEYS', key('wanted'))) do
  if cjson.decode(redis.call('HGET', key('wanted'), seq)).object.lastModifiedMs >= fromMs then
    redis.call('HDEL', key('wanted_ids'), redis.call('HGET', key('wanted_owner'), seq))
    redis.call('HDEL', key('wanted_owner'), seq)
    redis.call('HDEL', key('wanted'), seq)
    redis.call('DEL', key('retries:' .. seq))
  end
end
for _, number in ipairs(redis.call('HKEYS', key('quarantine'))) do
  local record = cjson.decode(redis.call('HGET', key('quarantine'), number))
  if not record.closedMs and cjson.decode(record.object).lastModifiedMs >= fromMs then
    record.closedMs = tonumber(ARGV[4])
    record.outcome = 'rewound'
    redis.call('HSET', key('quarantine'), number, cjson.encode(record))
    redis.call('ZADD', key('quarantine_closed'), record.closedMs, number)
  end
end
-- What is ready was found under the earlier state; the lister finds it again.
redis.call('DEL', key('ready'), key('objects'), key('claims'), key('marks'), key('ended'))
redis.call('SADD', key('replaced'), ARGV[1])
redis.call('HSET', meta, 'epoch', ARGV[2])
redis.call('HDEL', meta, 'claims_from', 'lister', 'lister_until')
return { complete, #partial }`;

/**
 * ARGV: epoch, what the keys begin with from now on. Gives back how many sessions live: then nothing was moved. Who remembers the state must not tell the next
 * one of it.
 */
export const SET_ASIDE = `
local living = redis.call('ZCOUNT', key('sessions'), '(' .. now(), '+inf')
if living > 0 then return living end
for _, session in ipairs(redis.call('ZRANGE', key('sessions'), 0, -1)) do endSession(session) end
redis.call('DEL', key('ready'), key('objects'), key('claims'), key('marks'), key('ended'))
local ended = redis.call('SMEMBERS', key('replaced'))
local names = { 'meta', 'complete', 'partial', 'partial_time', 'quarantine', 'quarantine_ids', 'quarantine_closed', 'replaced', 'dropped',
  'wanted', 'wanted_ids', 'wanted_owner' }
for _, seq in ipairs(redis.call('HKEYS', key('wanted'))) do names[#names + 1] = 'retries:' .. seq end
for _, name in ipairs(names) do
  if redis.call('EXISTS', key(name)) == 1 then redis.call('RENAME', key(name), ARGV[2] .. name) end
end
redis.call('SADD', key('replaced'), ARGV[1], unpack(ended))
return 0`;
