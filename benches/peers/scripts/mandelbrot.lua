local inside = 0
local steps = 0
local step = 2.5 / 200.0
local y = -1.2471
for row = 0, 200 - 1 do
    local x = -2.0031
    for column = 0, 200 - 1 do
        local re = 0.0
        local im = 0.0
        local turn = 0
        while turn < 50 and re * re + im * im <= 4.0 do
            local next = re * re - im * im + x
            im = 2.0 * re * im + y
            re = next
            turn = turn + 1
        end
        steps = steps + turn
        if turn == 50 then
            inside = inside + 1
        end
        x = x + step
    end
    y = y + step
end
return inside * 10000000 + steps
