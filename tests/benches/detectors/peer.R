# surveillance as the peer: reads commands, times what they do, writes the answers as doubles.
#   panel FILE                       weeks in rows, a column of weeks, then one column for each series
#   ff SETTING FIRST LAST OUT        farringtonFlexible of weeks FIRST to LAST of all series
#   ears METHOD OUT                  earsC of all weeks
suppressPackageStartupMessages(library(surveillance))
commands <- file("stdin", "r")
panel <- NULL
settings <- list(
  default = list(b = 4, w = 3),
  noufaily = list(b = 4, w = 3, noPeriods = 10, pastWeeksNotIncluded = 26, weightsThreshold = 2.58,
                  pThresholdTrend = 1, thresholdMethod = "nbPlugin", alpha = 0.05)
)
write_all <- function(path, ...) {
  out <- file(path, "wb")
  for (part in list(...)) writeBin(as.double(part), out)
  close(out)
}
say <- function(time) {
  cat(sprintf("done %.6f %.6f\n", time[["elapsed"]], time[["user.self"]] + time[["sys.self"]]))
  flush(stdout())
}
cat("ready ", as.character(packageVersion("surveillance")), " ", R.version$major, ".", R.version$minor, "\n", sep = "")
flush(stdout())
while (length(line <- readLines(commands, n = 1)) > 0) {
  word <- strsplit(line, "\t", fixed = TRUE)[[1]]
  if (word[1] == "panel") {
    counts <- as.matrix(read.csv(word[2])[, -1])
    # Epochs are indices, not dates.
    panel <- sts(observed = counts, frequency = 52, start = c(2019, 1), epoch = seq_len(nrow(counts)))
    say(c(elapsed = 0, user.self = 0, sys.self = 0))
  } else if (word[1] == "ff") {
    control <- c(settings[[word[2]]], list(range = as.integer(word[3]):as.integer(word[4])))
    time <- system.time(found <- suppressWarnings(farringtonFlexible(panel, control = control)))
    write_all(word[5], found@control$expected, found@upperbound, found@alarm, found@control$score,
              found@control$pvalue)
    say(time)
  } else if (word[1] == "ears") {
    time <- system.time(found <- earsC(panel, control = list(method = word[2])))
    write_all(word[3], found@upperbound, found@alarm)
    say(time)
  }
}
