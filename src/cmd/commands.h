/* The commands, each in a file of its own. */
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include "cmd/options.h"

extern const struct command cmd_audit;
extern const struct command cmd_autorun;
extern const struct command cmd_case;
extern const struct command cmd_check;
extern const struct command cmd_clean;
extern const struct command cmd_explain;
extern const struct command cmd_lab;
extern const struct command cmd_logons;
extern const struct command cmd_passwords;
extern const struct command cmd_patches;
extern const struct command cmd_report;
extern const struct command cmd_scan;
extern const struct command cmd_selftest;
extern const struct command cmd_tasks;
extern const struct command cmd_undo;
extern const struct command cmd_usb;

#endif
