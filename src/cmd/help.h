/* What is said about commands and their options, and how options are written. */
#ifndef CMD_HELP_H
#define CMD_HELP_H

#include <stdbool.h>
#include <stdio.h>

#include "cmd/options.h"

#define OPTION_ROOM 40
#define OPTIONS_MOST 64 /* of one command; a test holds the tables to it */

/* The option as people write it: "--rate", "-iL", "-v". */
void option_shown(char out[OPTION_ROOM], const struct option_row *row);

/* Names with a capital, as nmap has them: one dash, "-iL". */
bool option_has_one_dash(const struct option_row *row);

/* Is its value one of a few words? */
bool option_is_choice(const struct option_row *row);

/* What there is: the usage of confine itself, and its commands. */
void help_short(FILE *f);

/* The same, with what a newcomer needs. */
void help_long(FILE *f);

#endif
