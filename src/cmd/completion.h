/* Completion of command lines, made from the tables that read them. */
#ifndef CMD_COMPLETION_H
#define CMD_COMPLETION_H

#include <stdio.h>

/* A script for bash to source. */
void completion_bash(FILE *f);

#endif
