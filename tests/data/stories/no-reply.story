# A listener that says nothing, and 139 shut.
port 445 opens
expect unknown no-reply
