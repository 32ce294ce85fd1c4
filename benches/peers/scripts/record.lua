local account = { balance = 100, moves = 0, owner = "Ada" }
for i = 0, 1000000 - 1 do
    account.balance = account.balance + i % 7
    account.moves = account.moves + 1
end
return account.balance + account.moves
