// On every page.
import "htmx.org";
import { showOutcomes } from "../actions";
import { askBefore } from "../confirmation";
import { offerCopying } from "../copying";
import { follow } from "../live";
import { bindNumbers } from "../numbers";
import { refresh } from "../refreshing";
import { retry } from "../retrying";
import { keepSelection } from "../selection";
import { offerThemes } from "../theming";
import { keepTime } from "../times";

askBefore();
showOutcomes();
offerCopying();
offerThemes();
keepTime();
keepSelection();
bindNumbers();
refresh();
follow();
retry();

// On a phone the pages' names are a strip: the one that is shown must be in sight.
document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
