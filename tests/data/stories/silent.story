# Nobody there, or a firewall.
port 445 silent
port 139 silent
expect absent absent-silent
within 6100
