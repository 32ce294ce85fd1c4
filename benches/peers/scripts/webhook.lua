local function value(name)
    for _, param in ipairs(params) do
        if param.name == name then
            return param.values[1]
        end
    end
    return ""
end

local kind = value("kind")
local limit = tonumber(value("limit"))
local total = 0
local list = ""
for _, param in ipairs(params) do
    local first = param.values[1]
    total = total + #first
    if list ~= "" then
        list = list .. ","
    end
    list = list .. '{"name":"' .. param.name .. '","value":"' .. first .. '","size":' .. #first .. "}"
end
if kind == "order" and total > limit then
    respond('{"status":"accepted","total":' .. total .. ",")
    respond('"params":[' .. list .. "]}")
    return 202
end
respond('{"status":"refused"}')
return 400
