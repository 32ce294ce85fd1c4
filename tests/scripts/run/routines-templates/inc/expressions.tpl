Dear $name$,
you owe $2 * price$ \$.
