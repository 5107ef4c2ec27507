#include "lab/kinds.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "lab/status.h"

#define WEIGHT_MOST 1000000u

/* clang-format off */
const struct kind kinds[] = {
	{ "clean", .answer = ANSWER_CLEAN },
	{ "clean-7b", .answer = ANSWER_CLEAN_7B },
	{ "unpatched", .answer = ANSWER_UNPATCHED },
	{ "infected-old", .answer = ANSWER_INFECTED_OLD },
	{ "infected-new", .answer = ANSWER_INFECTED_NEW },
	{ "infected-new-bare", .answer = ANSWER_INFECTED_BARE },
	{ "infected-zero", .answer = ANSWER_INFECTED_ZERO },
	{ "both-57", .answer = ANSWER_BOTH_57 },
	{ "odd-code", .answer = ANSWER_ODD },
	{ "emulator", .answer = ANSWER_EMULATOR },
	{ "fault", .answer = ANSWER_FAULT },
	{ "samba", .answer = ANSWER_ABSENT, .quirks = QUIRK_SAMBA | QUIRK_NO_BROWSER },

	{ "browser-off", .answer = ANSWER_EITHER, .quirks = QUIRK_NO_BROWSER },
	{ "guest", .answer = ANSWER_EITHER, .quirks = QUIRK_GUEST },
	{ "fragments", .answer = ANSWER_EITHER, .quirks = QUIRK_FRAGMENTS },
	{ "keepalive", .answer = ANSWER_EITHER, .quirks = QUIRK_KEEPALIVE },
	{ "pipe-busy-twice", .answer = ANSWER_EITHER, .quirks = QUIRK_BUSY_TWICE },
	{ "name-refused", .answer = ANSWER_EITHER, .quirks = QUIRK_NAME_REFUSED },
	{ "not-supported", .answer = ANSWER_EITHER,
	  .refuse[AT_TRANSACT] = STATUS_NOT_SUPPORTED },
	{ "anon-refused", .answer = ANSWER_EITHER,
	  .refuse[AT_SESSION] = STATUS_ACCESS_DENIED },

	{ "anon-refused-both", .answer = ANSWER_EITHER, .state = "unknown",
	  .refuse[AT_SESSION] = STATUS_ACCESS_DENIED,
	  .refuse[AT_NTLMSSP] = STATUS_LOGON_FAILURE },
	{ "too-many", .answer = ANSWER_EITHER, .state = "unknown",
	  .refuse[AT_SESSION] = STATUS_REQUEST_NOT_ACCEPTED,
	  .refuse[AT_NTLMSSP] = STATUS_REQUEST_NOT_ACCEPTED },
	{ "denied", .answer = ANSWER_EITHER, .state = "unknown",
	  .refuse[AT_TREE] = STATUS_ACCESS_DENIED },
	{ "no-ipc", .answer = ANSWER_EITHER, .state = "unknown",
	  .refuse[AT_TREE] = STATUS_BAD_NETWORK_NAME },
	{ "no-tree-id", .answer = ANSWER_EITHER, .state = "unknown",
	  .quirks = QUIRK_NO_TREE_ID },
	{ "pipes-denied", .answer = ANSWER_EITHER, .state = "unknown",
	  .refuse[AT_CREATE] = STATUS_ACCESS_DENIED },
	{ "pipe-not-found", .answer = ANSWER_EITHER, .state = "unknown",
	  .refuse[AT_CREATE] = STATUS_OBJECT_NAME_NOT_FOUND },
	{ "pipe-busy", .answer = ANSWER_EITHER, .state = "unknown",
	  .refuse[AT_CREATE] = STATUS_PIPE_NOT_AVAILABLE },
	{ "bind-refused", .answer = ANSWER_EITHER, .state = "unknown",
	  .quirks = QUIRK_BIND_REFUSED },
	{ "drop-at-p2", .answer = ANSWER_EITHER, .state = "unknown",
	  .quirks = QUIRK_DROP_AT_P2 },
	{ "share-level", .answer = ANSWER_EITHER, .state = "unknown",
	  .quirks = QUIRK_SHARE_LEVEL },
	{ "retarget", .answer = ANSWER_EITHER, .state = "unknown",
	  .quirks = QUIRK_RETARGET },
	{ "smb2-only", .answer = ANSWER_EITHER, .state = "unknown",
	  .quirks = QUIRK_SMB1_CLOSES },
	{ "no-dialect", .answer = ANSWER_EITHER, .state = "unknown",
	  .quirks = QUIRK_NO_DIALECT | QUIRK_SAMBA },

	{ "silent", .answer = ANSWER_EITHER, .state = "unknown",
	  .manner = MANNER_SILENT },
	{ "zero-window", .answer = ANSWER_EITHER, .state = "unknown",
	  .manner = MANNER_DEAF },
	{ "reset", .answer = ANSWER_EITHER, .state = "unknown",
	  .manner = MANNER_RESET },
	{ "garbage", .answer = ANSWER_EITHER, .state = "unknown",
	  .manner = MANNER_GARBAGE },
	{ "half", .answer = ANSWER_EITHER, .state = "unknown",
	  .manner = MANNER_HALF },
	{ "slow-drip", .answer = ANSWER_EITHER, .state = "unknown",
	  .manner = MANNER_DRIP },
	{ "flood", .answer = ANSWER_EITHER, .state = "unknown",
	  .manner = MANNER_FLOOD },
	{ "flood-small", .answer = ANSWER_EITHER, .state = "unknown",
	  .manner = MANNER_FLOOD_SMALL },
};
/* clang-format on */

const size_t kinds_count = sizeof kinds / sizeof kinds[0];

const char mix_default[] =
    "clean=40,clean-7b=6,unpatched=8,infected-old=8,infected-old+p2p=2,infected-new=2,"
    "samba=6,pipes-denied=10,denied=3,pipe-not-found=3,browser-off=4,smb2-only=8,"
    "not-supported=1,anon-refused=2,guest=1,fragments=1,keepalive=1,silent=1,reset=1";

static const char *const peer_suffixes[] = {
	[PEER_NONE] = "",
	[PEER_VALID] = "+p2p",
	[PEER_ECHO] = "+p2p-echo",
	[PEER_BAD_SUM] = "+p2p-badsum",
	[PEER_SILENT] = "+p2p-silent",
};
#define PEER_COUNT (sizeof peer_suffixes / sizeof peer_suffixes[0])

void
kind_text(char out[KIND_ROOM], const struct kind *kind, enum peer peer)
{
	snprintf(out, KIND_ROOM, "%s%s", kind->name, peer_suffixes[peer]);
}

const char *
answer_state(enum answer answer)
{
	switch (answer) {
	case ANSWER_CLEAN:
	case ANSWER_CLEAN_7B:
	case ANSWER_UNPATCHED: return "no-sign";
	case ANSWER_INFECTED_OLD:
	case ANSWER_INFECTED_NEW:
	case ANSWER_INFECTED_BARE: return "infected";
	case ANSWER_INFECTED_ZERO:
	case ANSWER_BOTH_57: return "suspect";
	default: return "unknown";
	}
}

static const struct kind *
kind_find(struct span name)
{
	for (size_t i = 0; i < kinds_count; i++) {
		if (span_is(name, kinds[i].name, strlen(kinds[i].name)))
			return &kinds[i];
	}
	return NULL;
}

/* Cuts `text` up to a character that is in `ends`, or to its end. */
static struct span
cut_word(const char **text, const char *ends)
{
	size_t len = strcspn(*text, ends);
	struct span word = span_of(*text, len);

	*text += len;
	return word;
}

static bool
read_peer(struct span suffix, enum peer *out)
{
	for (size_t i = 0; i < PEER_COUNT; i++) {
		if (span_is(suffix, peer_suffixes[i], strlen(peer_suffixes[i]))) {
			*out = (enum peer)i;
			return true;
		}
	}
	return false;
}

static bool
read_weight(struct span digits, uint32_t *out)
{
	uint32_t weight = 0;

	if (digits.left == 0 || digits.left > 7)
		return false;
	while (digits.left > 0) {
		uint8_t digit = span_u8(&digits);

		if (digit < '0' || digit > '9')
			return false;
		weight = weight * 10 + (uint32_t)(digit - '0');
	}
	*out = weight;
	return weight <= WEIGHT_MOST;
}

static enum err
refuse(struct span part, const char *why)
{
	fprintf(stderr, "confine lab: --mix: %.*s: %s\n", (int)part.left,
	        (const char *)part.at, why);
	return ERR_REFUSED;
}

/* One "kind+suffix=weight". */
static enum err
read_share(const char **text, struct share *out)
{
	const char *part = *text;
	struct span name = cut_word(text, "+=,");
	struct span suffix = cut_word(text, "=,");
	struct span whole = span_of(part, name.left + suffix.left);

	*out = (struct share){ .kind = kind_find(name), .weight = 1 };
	if (!out->kind) {
		fprintf(stderr,
		        "confine lab: --mix: %.*s: no such kind of host; there are",
		        (int)whole.left, part);
		for (size_t i = 0; i < kinds_count; i++)
			fprintf(stderr, "%s %s", i ? "," : "", kinds[i].name);
		fprintf(stderr, "\n");
		return ERR_REFUSED;
	}
	if (!read_peer(suffix, &out->peer))
		return refuse(whole,
		              "a kind may end in +p2p, +p2p-echo, +p2p-badsum or "
		              "+p2p-silent");
	if (**text == '=') {
		*text += 1;
		if (!read_weight(cut_word(text, ","), &out->weight))
			return refuse(whole, "the weight must be 0 to 1000000");
	}
	return OK;
}

enum err
mix_read(const char *text, struct mix *out)
{
	const char *at = text;

	*out = (struct mix){ .count = 0 };
	for (;;) {
		if (out->count == MIX_MOST)
			return refuse(span_of(at, strlen(at)),
			              "too many kinds, 64 fit");
		TRY(read_share(&at, &out->shares[out->count]));
		out->weight += out->shares[out->count++].weight;
		if (*at == 0)
			break;
		at++; /* the comma */
	}
	if (out->weight == 0)
		return refuse(span_of(text, strlen(text)), "every weight is 0");
	return OK;
}
