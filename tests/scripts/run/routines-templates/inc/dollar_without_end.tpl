a
b $x
c