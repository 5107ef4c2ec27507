# No road there.
port 445 unreachable
port 139 unreachable
expect absent unreachable
