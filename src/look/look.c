#include "look/look.h"

#include "base/text.h"

/* In the order in which people want their reasons: the one that tells most first. */
static void (*const detectors[])(const struct readings *, struct findings *) = {
	look_smb,
	look_p2p,
	look_reach,
};

void
look_all(const struct readings *readings, const char *host, struct findings *out)
{
	out->count = 0;
	for (size_t i = 0; i < sizeof detectors / sizeof *detectors; i++)
		detectors[i](readings, out);
	for (size_t i = 0; i < out->count; i++)
		(void)text_copy(out->at[i].host, sizeof out->at[i].host, host);
}
