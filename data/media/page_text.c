#include "page.h"

#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

const page_text page_texts[TEXT_COUNT] = {
    [TEXT_LETTER] = {LINES("A letter about the ferry", "The new ferry leaves the north pier at",
			   "seven in the morning and comes back", "before noon. On market days it carries",
			   "wool, apples and two carts of coal.", "Please tell your cousin that the fare",
			   "is four crowns, and that dogs travel", "free if they keep off the benches.")},
    [TEXT_LOG_1] = {LINES("Harbour log, first day", "Wind from the west, clear after rain.",
			  "Three fishing boats came in with a", "poor catch and went out again at dusk.",
			  "The crane on the east quay was oiled", "and lifted nine crates without trouble.")},
    [TEXT_LOG_2] = {LINES("Harbour log, second day", "Thick fog until ten. The bell was rung",
			  "every two minutes as the rules ask.", "A barge touched the sandbank but came",
			  "off by itself when the tide rose.", "Nobody was hurt and nothing was lost.")},
    [TEXT_LOG_3] = {LINES("Harbour log, third day", "Calm sea. The lamp of the outer light",
			  "was cleaned and its glass replaced.", "Forty barrels of salt were weighed in",
			  "the long shed and found to be correct.", "The clerk signed the book at six.")},
    [TEXT_NOTICE_1] = {LINES("Notice to all tenants", "The water will be turned off on Monday",
			     "between eight and eleven so that the", "pipe below the yard can be repaired.",
			     "Fill a kettle and a bucket beforehand.", "The pump behind the mill stays open.")},
    [TEXT_NOTICE_2] = {LINES("What to do with old paint", "Do not pour it into the gutter. Bring",
			     "closed tins to the gate on Saturday", "and leave them on the wooden pallet.",
			     "Empty tins are metal and may go into", "the blue box next to the stairs.")},
    [TEXT_MEMO] = {LINES("Memo on the spare keys", "Two keys to the map room are missing.",
			 "Whoever borrowed them should hang", "them on the hook beside the window.",
			 "From next week every loan is written", "down with a name and a date.")},
    [TEXT_SIDEWAYS] = {LINES("Held the wrong way round", "This page was photographed with the",
			     "camera turned to its side. The pixels", "lie down, and a short tag in the file",
			     "says how they have to be stood up.", "A reader that ignores the tag will",
			     "find very little to read here.")},
    [TEXT_TILTED] = {LINES("Laid crooked on the glass", "Somebody was in a hurry and closed the",
			   "lid before the sheet was straight. The", "lines climb a little from left to right,",
			   "which a careful program will notice", "and put right before it starts to read.")},
    [TEXT_NOISE] = {LINES("Copied from a bad copy", "The drum of the old machine is worn and",
			  "leaves black specks all over the page,", "while the thin strokes of the letters",
			  "are eaten away from the inside. What", "was printed here can only be guessed.")},
    [TEXT_BLUR] = {LINES("Taken with an unsteady hand", "The lens had not found its distance yet",
			 "when the button was pressed, and so", "every letter runs into its neighbour.",
			 "There is a grey cloud for each word", "and a darker one for each heading.")},
    [TEXT_LABEL] = {LINES("Recipe for barley soup", "Wash one cup of barley and let it boil",
			  "slowly with a carrot, an onion and a", "spoon of butter. Add salt after an hour.",
			  "It is done when the grains are soft.", "Serve it with dark bread and parsley.")},
    [TEXT_OTHER] = {LINES("Repairing a bicycle tyre", "Lift the tyre from the rim with a lever",
			  "and pull out the tube. Pump it up and", "hold it under water to find the hole.",
			  "Dry the place, roughen it and glue on", "a patch that is twice as wide.")},
};

void page_text_write(assay_buf *out, const page_text *t)
{
	for (const char *const *line = t->lines; *line != NULL; line++)
		assay_buf_printf(out, "%s\n", *line);
}
