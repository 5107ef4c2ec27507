#include "sys/random.h"

#include <windows.h>

#include <wincrypt.h>

enum err
random_bytes(void *to, size_t len)
{
	HCRYPTPROV provider = 0;

	if (len > MAXDWORD)
		return ERR_LIMIT;
	if (!CryptAcquireContextW(&provider, NULL, NULL, PROV_RSA_FULL,
	                          CRYPT_VERIFYCONTEXT | CRYPT_SILENT))
		return ERR_SYSTEM;
	BOOL got = CryptGenRandom(provider, (DWORD)len, to);
	CryptReleaseContext(provider, 0);
	return got ? OK : ERR_SYSTEM;
}

uint64_t
random_u64(void)
{
	uint64_t v = 0;

	return random_bytes(&v, sizeof v) == OK ? v : 0;
}
