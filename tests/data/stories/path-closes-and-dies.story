# Hangs up when asked, and is not there any more.
as path-closes
again "negotiate" silent
expect unknown service-may-have-stopped
