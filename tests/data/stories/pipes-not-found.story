# No such pipe.
as xp-clean
says "open pipe" smb/resp-s1-create-not-found
expect unknown pipe-not-found
