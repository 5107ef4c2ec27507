/* What look/installation.c asks its neighbours to fill in. */
#ifndef LOOK_INSTALLATION_PARTS_H
#define LOOK_INSTALLATION_PARTS_H

#include "look/inside.h"

#define INSTALLATION_DETECTOR "machine"
#define VERSION_KEY "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"

/* Version, kind, service pack, processor, words for people; sets[0] is there. */
CHECKED enum err installation_version(const struct inside *, struct installation *);

/* Program Files, All Users' data, and the places where the worm's file may lie. */
CHECKED enum err installation_places(const struct inside *, struct installation *);

/* A key of the current control set. */
CHECKED enum err installation_set_key(const struct inside *,
                                      const struct installation *, const char *below,
                                      struct reg_key *out);

#endif
