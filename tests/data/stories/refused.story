# Nobody there.
expect absent absent-refused
