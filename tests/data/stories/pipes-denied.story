# Vista and later, and hardened XP.
as xp-clean
says "open pipe" smb/resp-s1-create-access-denied
expect unknown need-credentials
