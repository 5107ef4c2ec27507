#ifndef WIRE_NBSTAT_TALK_H
#define WIRE_NBSTAT_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/talk.h"

/* NBSTAT: who are you?  One datagram, and once more after a second. */
struct nbstat_story {
	uint16_t id; /* in: random */
	bool heard;
	char name[16]; /* unique, suffix 20: the file server's name */
	char computer[16];
	char group[16];
};

void nbstat_talk_init(struct talk *t, struct nbstat_story *story);

#endif
