# What ./strowger test says at its end: reads the names of surefire's XML reports, one a line.
# built: exit code of Maven; left_out: lines on what this run did not cover.

function attribute(line, name,   start, rest) {
  start = index(line, " " name "=\"")
  if (start == 0) return ""
  rest = substr(line, start + length(name) + 3)
  return substr(rest, 1, index(rest, "\"") - 1)
}

function plain(text) {
  gsub(/&quot;/, "\"", text); gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text)
  gsub(/&apos;/, "'", text); gsub(/&#10;/, " ", text); gsub(/&amp;/, "\\&", text)
  return text
}

{
  module = $0
  sub(/\/target\/surefire-reports\/.*/, "", module)
  sub(/.*\//, "", module)
  if (!(module in tests)) order[++modules] = module
  while ((getline line < $0) > 0) {
    if (line ~ /<testsuite /) {
      tests[module] += attribute(line, "tests")
      bad[module] += attribute(line, "errors") + attribute(line, "failures")
      skips[module] += attribute(line, "skipped")
    } else if (line ~ /<testcase /) {
      name = attribute(line, "classname") "." attribute(line, "name")
    }
    if (line ~ /<(failure|error)[ >]/) {
      failed = failed "\n  " plain(name) ": " substr(plain(attribute(line, "message")), 1, 400)
    }
    if (line ~ /<flaky(Failure|Error)[ >]/) {
      again++
      flaky = flaky "\n  " plain(name) ": " substr(plain(attribute(line, "message")), 1, 400)
    }
    if (line ~ /<skipped[ \/>]/) {
      why = attribute(line, "message")
      if (why == "" && match(line, /Assumption failed: .*/)) why = substr(line, RSTART + 19)
      sub(/\]\]>.*/, "", why)
      skipped = skipped "\n  " plain(name) ": " plain(why)
    }
  }
  close($0)
}

END {
  for (i = 1; i <= modules; i++) {
    m = order[i]
    passed = tests[m] - bad[m] - skips[m]
    printf "  %-12s %d passed, %d failed, %d skipped\n", m, passed, bad[m], skips[m]
    all_passed += passed; all_bad += bad[m]; all_skipped += skips[m]
  }
  if (failed != "") print "Failed:" failed
  if (flaky != "") print "Failed, and passed when run a second time (each is to be looked into):" flaky
  if (skipped != "") print "Skipped, and why:" skipped
  if (left_out != "") print "Not covered by this run:" left_out
  if (built != 0) print "The build itself failed (see above): not all tests have run."
  if (all_passed + all_bad + all_skipped == 0) print "No test has run."
  printf "%d passed%s, %d failed, %d skipped\n", all_passed,
    again ? " (" again " of them at the second run)" : "", all_bad, all_skipped
  exit (built != 0 || all_bad > 0 || all_passed == 0) ? 1 : 0
}
