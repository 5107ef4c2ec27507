# One door shut, one silent.
port 445 refuses
port 139 silent
expect absent filtered
