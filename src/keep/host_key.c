#include "keep/host_key.h"

#include <nettle/sha2.h>
#include <string.h>

void
host_key_of_name(uint8_t key[ADDRESS_KEY], const char *host)
{
	struct sha256_ctx hash;
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_init(&hash);
	for (; *host; host++) {
		char c = *host;
		uint8_t small = (uint8_t)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);

		sha256_update(&hash, 1, &small);
	}
	sha256_digest(&hash, sizeof digest, digest);
	key[0] = HOST_KEY_NAMED;
	memcpy(key + 1, digest, ADDRESS_KEY - 1);
}
