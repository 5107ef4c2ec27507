/*
 * The vaccine of a drive: a folder called autorun.inf, so that no file of that name
 * can be written, with a file in it, so that the folder cannot simply be removed.
 * Whatever renames folders, or deletes what is in them first, gets past it.
 */
#ifndef MEND_VACCINE_H
#define MEND_VACCINE_H

#define VACCINE_CHILD "autorun.inf\\keep this folder.txt"
#define VACCINE_TEXT                                                               \
	"This folder keeps worms from writing an autorun.inf onto this drive.\r\n" \
	"It was made by confine. It does no harm, and holds nothing else.\r\n"

#endif
