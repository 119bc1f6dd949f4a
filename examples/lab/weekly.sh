#!/bin/sh
# The lab's bibliography in step, committed and pushed. For cron:
#
#     17 5 * * 1  cd "$HOME/lab-bibliography" && ./weekly.sh
#
set -eu
git pull --quiet --rebase
status=0
bibkit sync || status=$?
if [ "$status" -ne 0 ] && [ "$status" -ne 4 ]; then
    exit "$status"
fi # 4: somebody could not be asked; what was learnt is kept, the next run does the rest
git add refs.bib refs.bib.lock
git diff --cached --quiet && exit 0
git commit --quiet --message "bibkit sync"
git push --quiet
