-- LuaJIT has a buffer for that.
local buffer = require("string.buffer").new()
for i = 0, 200000 - 1 do
    buffer:put("line ", i, ";")
end
return #buffer:tostring()
