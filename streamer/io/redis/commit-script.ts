/** The script by which progress becomes common, on the keys and with the functions of `scripts.ts`. */

/**
 * ARGV: epoch, session or '', number of the session's commit or telling, the commit as JSON (\`redis-codec.ts\`), the last number of which it had an answer. Gives back the refused tokens.
 * \`isRemembered\`: an instance tells Redis what it has forgotten. Then what is complete is complete, whoever holds it.
 */
export const COMMIT = `
local commit = cjson.decode(ARGV[4])
local refused = {}
local done = key('done:' .. ARGV[2])
local doneBefore, doneNow = {}, {}
for _, token in ipairs(redis.call('SMEMBERS', done)) do doneBefore[token] = true end

local function addRanges(change)
  local stored = redis.call('HGET', key('partial'), change.id)
  local ranges = stored and cjson.decode(stored).settled or {}
  for _, range in ipairs(change.settled) do ranges[#ranges + 1] = range end
  ranges = union(ranges)
  if #ranges == 0 then return end
  redis.call('HSET', key('partial'), change.id, cjson.encode({ object = change.object, settled = ranges }))
  redis.call('ZADD', key('partial_time'), 'GT', change.lastModifiedMs, change.id)
end

local function complete(change)
  redis.call('ZADD', key('complete'), 'GT', change.hour, change.id)
  redis.call('HDEL', key('partial'), change.id)
  redis.call('ZREM', key('partial_time'), change.id)
  redis.call('ZREM', key('ready'), change.id)
  redis.call('HDEL', key('objects'), change.id)
  dropClaim(change.id)
end

-- An object that is read again on request is complete, and has ranges of the new reading; also of one who lost it, while it waits for the next. Those of an
-- earlier reading hold what it set aside, which the request may be about.
local function isOfThisReading(change)
  local wanted = change.token and string.match(change.token, '(%d+)%.[^.]+$')
  return wanted and wanted ~= '0' and wanted == wantedOf(change.id)
end

for _, change in ipairs(commit.changes) do
  local token = change.token
  local current = redis.call('HGET', key('claims'), change.id)
  local isDone = isComplete(change.id)
  -- The session has not heard the answer, and says again what was accepted; a zombie's claim ended otherwise.
  local isRepetition = not current and isDone and doneBefore[token]
  -- Ranges under a claim that is not valid any more refuse nothing: Redis may only have forgotten it, and gives it back at the next renewal.
  local isRefused = token and change.complete and current ~= token and not isRepetition
  if isRefused then refused[#refused + 1] = token
  elseif token and change.complete then doneNow[#doneNow + 1] = token end
  -- What somebody remembers as complete, and is, says nothing of those who read it again on request; nor does what is said again.
  if change.complete and isDone and (commit.isRemembered or isRepetition) then
  elseif change.complete and not isRefused then complete(change)
  elseif commit.isRemembered and (isDone or isOlderThanMemory(change.lastModifiedMs)) then
  elseif not isDone or isOfThisReading(change) then addRanges(change) end
end

for _, entry in ipairs(commit.quarantined) do
  if redis.call('HEXISTS', key('quarantine_ids'), entry.recordId) == 0 then
    local number = redis.call('HINCRBY', meta, 'quarantine_seq', 1)
    redis.call('HSET', key('quarantine_ids'), entry.recordId, number)
    redis.call('HSET', key('quarantine'), number, entry.record)
  end
end

-- What each fulfilled request answers, by its number.
local answered, answeredIds, firstAnswered = {}, {}, math.huge
for _, fulfilment in ipairs(commit.fulfilled) do
  for _, number in ipairs(redis.call('SMEMBERS', key('retries:' .. fulfilment.wantedSeq))) do
    local text = redis.call('HGET', key('quarantine'), number)
    if text then
      answered[number] = cjson.decode(text)
      answeredIds[answered[number].objectId] = true
      firstAnswered = math.min(firstAnswered, tonumber(number))
    end
  end
end

-- By object: its open records that are later than the first that is answered. Read once, and nothing else is decoded: with thousands of records anything more
-- keeps Redis from all others for seconds.
local function readLater()
  local later, numbers = {}, {}
  for id in pairs(answeredIds) do later[id] = { last = 0, lastWhole = 0, ranges = {} } end
  if firstAnswered == math.huge then return later end
  for _, number in ipairs(redis.call('HKEYS', key('quarantine'))) do
    if tonumber(number) > firstAnswered then numbers[#numbers + 1] = number end
  end
  for first = 1, #numbers, 500 do
    local piece = redis.call('HMGET', key('quarantine'), unpack(numbers, first, math.min(first + 499, #numbers)))
    for index, text in ipairs(piece) do
      local ofObject = later[string.match(text, '"objectId":"([^"]+)"')]
      local record = ofObject and cjson.decode(text)
      if record and not record.closedMs and not record.wantedSeq then
        local number = tonumber(numbers[first + index - 1])
        ofObject.last = math.max(ofObject.last, number)
        if record.start then ofObject.ranges[#ofObject.ranges + 1] = { from = record.start, to = record['end'], number = number }
        else ofObject.lastWhole = math.max(ofObject.lastWhole, number) end
      end
    end
  end
  for _, ofObject in pairs(later) do
    table.sort(ofObject.ranges, function(left, right) return left.from < right.from end)
    -- How far it reaches, or one before it.
    local reach = -1
    for _, range in ipairs(ofObject.ranges) do
      reach = math.max(reach, range.to)
      range.reach = reach
    end
  end
  return later
end

local laterRecords = readLater()

local function isQuarantinedAgain(number, record)
  local later = laterRecords[record.objectId]
  if not record.start then return later.last > number end
  if later.lastWhole > number then return true end
  local low, high = 0, #later.ranges
  while low < high do
    local middle = math.ceil((low + high) / 2)
    if later.ranges[middle].from < record['end'] then low = middle else high = middle - 1 end
  end
  for index = low, 1, -1 do
    local range = later.ranges[index]
    if range.reach <= record.start then return false end
    if range.to > record.start and range.number > number then return true end
  end
  return false
end

for _, fulfilment in ipairs(commit.fulfilled) do
  local retries = key('retries:' .. fulfilment.wantedSeq)
  for _, number in ipairs(redis.call('SMEMBERS', retries)) do
    local record = answered[number]
    if record then
      record.closedMs = fulfilment.atMs
      record.outcome = isQuarantinedAgain(tonumber(number), record) and 'quarantined-again' or fulfilment.outcome
      redis.call('HSET', key('quarantine'), number, cjson.encode(record))
      redis.call('ZADD', key('quarantine_closed'), record.closedMs, number)
    end
  end
  redis.call('DEL', retries)
  local id = redis.call('HGET', key('wanted_owner'), fulfilment.wantedSeq)
  if id then redis.call('HDEL', key('wanted_ids'), id) end
  redis.call('HDEL', key('wanted_owner'), fulfilment.wantedSeq)
  redis.call('HDEL', key('wanted'), fulfilment.wantedSeq)
end

local function moveLater(field, ms)
  local current = tonumber(redis.call('HGET', meta, field))
  if not current or ms > current then redis.call('HSET', meta, field, ms) end
end

if commit.head then
  local startFrom = tonumber(redis.call('HGET', meta, 'start_from'))
  local isEarlier = commit.isRemembered and startFrom and commit.head.startFromMs < startFrom
  -- Where a first start begins is decided once; but what somebody remembers of an earlier one is true, and the first start was none.
  if not startFrom or isEarlier then redis.call('HSET', meta, 'start_from', commit.head.startFromMs, 'floor', commit.head.floorMs)
  -- A floor is a fact, and the later one says more: of those who begin at the same moment.
  elseif commit.head.startFromMs == startFrom then moveLater('floor', commit.head.floorMs) end
end

if commit.dropped then redis.call('HSET', key('dropped'), commit.dropped.process, commit.dropped.lines) end

if commit.forgetBeforeMs then
  local hour = math.floor(commit.forgetBeforeMs / 3600000)
  redis.call('ZREMRANGEBYSCORE', key('complete'), '-inf', '(' .. hour)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('partial_time'), '-inf', '(' .. commit.forgetBeforeMs)) do
    -- What is delivered of an object that is asked for stays, however old the object is.
    if redis.call('HEXISTS', key('wanted_ids'), id) == 0 then
      redis.call('HDEL', key('partial'), id)
      redis.call('ZREM', key('partial_time'), id)
    end
  end
  for _, number in ipairs(redis.call('ZRANGEBYSCORE', key('quarantine_closed'), '-inf', '(' .. commit.forgetBeforeMs)) do
    local record = cjson.decode(redis.call('HGET', key('quarantine'), number))
    redis.call('HDEL', key('quarantine_ids'), record.recordId)
    redis.call('HDEL', key('quarantine'), number)
  end
  redis.call('ZREMRANGEBYSCORE', key('quarantine_closed'), '-inf', '(' .. commit.forgetBeforeMs)
  moveLater('forgotten_before', hour * 3600000)
end

local isKnown = ARGV[2] ~= '' and (redis.call('ZSCORE', key('sessions'), ARGV[2]) or redis.call('ZSCORE', key('ended'), ARGV[2]))
if commit.isRemembered and ARGV[2] ~= '' and not isKnown then
  -- The session was forgotten, too, or is new. Its number must not stay for ever, should it never renew.
  isKnown = redis.call('ZADD', key('ended'), now(), ARGV[2])
end
if isKnown then
  -- Where an earlier one is missing, the mark shows it until the session tells again.
  local mark = tonumber(redis.call('HGET', key('marks'), ARGV[2]) or 0)
  if mark >= tonumber(ARGV[5]) and tonumber(ARGV[3]) > mark then redis.call('HSET', key('marks'), ARGV[2], ARGV[3]) end
  if not commit.isRemembered then
    redis.call('DEL', done)
    for _, token in ipairs(doneNow) do redis.call('SADD', done, token) end
  end
end
return refused`;
