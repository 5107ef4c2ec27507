# No such interface.
as xp-clean
says "bind" smb/resp-s1-trans-bind-nak
expect unknown no-srvsvc
