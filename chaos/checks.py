"""What must be so afterwards: each check is a sentence, and what stands against it."""

import json
from collections import defaultdict


class Checks:
    def __init__(self):
        self.lines = []

    def that(self, sentence, against):
        """Notes a sentence, and whatever stands against it (a list, empty where nothing does)."""
        self.lines.append((sentence, list(against)))

    @property
    def failed(self):
        return [sentence for sentence, against in self.lines if against]


def playback(checks, postgres, viewers, followers):
    rows = postgres.ask("SELECT user_id, content_id, resume_position_seconds FROM watch_history;")
    places = {(user, title): int(position) for user, title, position in rows}
    checks.that(
        f"{sum(viewer.reports for viewer in viewers):,} acknowledged reports: each of {len(viewers)} places is where its last one put it",
        [f"{viewer.user} at {places.get((viewer.user, viewer.title))}, acknowledged {viewer.position}"
         for viewer in viewers if places.get((viewer.user, viewer.title)) != viewer.position])
    known = {row[0] for row in postgres.ask("SELECT id FROM playback_sessions;")}
    opened = [session for viewer in viewers for session in viewer.sessions]
    checks.that(f"each of {len(opened):,} acknowledged sessions is there", set(opened) - known)
    checks.that(
        f"{len(followers)} followers over {sum(f.openings for f in followers)} connections: {sum(f.notices for f in followers):,} notices, "
        "none missed, none twice, no gap",
        [f"{f.viewer.user}: holes {f.holes[:3]}, gaps {f.gaps}" for f in followers if f.holes or f.gaps])
    checks.that(
        "each follower has seen the last place", [
            f"{f.viewer.user}: {f.position} of {f.viewer.position}" for f in followers if f.position != f.viewer.position])


def questionnaires(checks, postgres, respondents):
    rows = postgres.ask(
        "SELECT student_responses.session_id, question_id, answer_value FROM question_answers "
        "JOIN student_responses ON student_responses.id = question_answers.response_id;")
    kept = {(session, int(question)): float(value) for session, question, value in rows if value}
    answers = [(session, question, value) for r in respondents for session, own in r.answers.items() for question, value in own.items()]
    checks.that(
        f"each of {len(answers):,} acknowledged answers is there, and says what was sent",
        [f"{session} {question}: {kept.get((session, question))}, acknowledged {value}"
         for session, question, value in answers if kept.get((session, question)) != value])


def event(checks, postgres, quiz):
    rows = postgres.ask("SELECT participant_id, COUNT(*), SUM(points) FROM segment_answers GROUP BY participant_id;")
    counts = {player: int(count) for player, count, _ in rows}
    checks.that(
        f"each of {sum(quiz.counted):,} acknowledged quiz answers counts, once",
        [f"{player}: {counts.get(player, 0)}, acknowledged {count}"
         for player, count in zip(quiz.ids, quiz.counted) if counts.get(player, 0) != count])
    names = postgres.ask(f"SELECT COUNT(*) FROM event_participants WHERE event_id = '{quiz.id}';")
    checks.that("each device is one player", [] if int(names[0][0]) == len(quiz.ids) else [f"{names[0][0]} for {len(quiz.ids)}"])


def jobs(checks, postgres, watcher):
    own = ",".join(map(str, watcher.jobs))
    twice = postgres.ask(
        f"SELECT job_id, due_at FROM job_executions WHERE job_id IN ({own}) AND kind = 'scheduled' AND attempt = 1 AND due_at IS NOT NULL "
        "GROUP BY job_id, due_at HAVING COUNT(*) > 1;")
    slots = postgres.ask(
        f"SELECT COUNT(*) FROM job_executions WHERE job_id IN ({own}) AND kind = 'scheduled' AND attempt = 1;")[0][0]
    checks.that(f"each of {slots} due slots of {len(watcher.jobs)} jobs is on record, once", [" at ".join(row) for row in twice])
    stuck = postgres.ask(
        f"SELECT id FROM job_executions WHERE job_id IN ({own}) AND status = 'RUNNING' AND heartbeat_at < now() - INTERVAL '45 seconds';")
    checks.that("no run is left behind by a node that is gone", [row[0] for row in stuck])
    windows = postgres.ask(
        f"SELECT job_id, window_from, window_to FROM job_executions WHERE job_id IN ({own}) AND status = 'COMPLETED' "
        "AND window_to > window_from ORDER BY job_id, window_from;")
    apart, last = [], {}
    for job, begin, end in windows:
        if job in last and last[job] != begin:
            apart.append(f"job {job}: {last[job]} to {begin}")
        last[job] = end
    checks.that(f"the windows of {len(windows)} completed runs abut", apart)


def kafka(checks, postgres, kafka, topics):
    owed = postgres.ask("SELECT message_key, number, message_id, name, payload FROM chaos_owed WHERE destination = 'kafka';")
    numbers = {message: (key, int(number)) for key, number, message, _, _ in owed}
    payloads = {message: (name, json.loads(payload)) for _, _, message, name, payload in owed}
    seen, wrong, disordered = defaultdict(int), [], []
    for topic in topics:
        order = {}
        for key, headers, value in kafka.messages(topic):
            message = dict(part.split("=", 1) for part in headers.split(",")).get("event-id", "")
            seen[message] += 1
            if message not in numbers:
                wrong.append(f"{topic}: {message} was never owed")
                continue
            name, payload = payloads[message]
            if numbers[message][0] != key or topic != f"playback.{name}" or json.loads(value) != payload:
                wrong.append(f"{topic}: {message} is another than was owed")
            number = numbers[message][1]
            if seen[message] == 1 and number < order.get(key, 0):
                disordered.append(f"{topic} {key}: {number} behind {order[key]}")
            order[key] = max(number, order.get(key, 0))
    checks.that(f"each of {len(numbers):,} messages that were owed to Kafka is there", set(numbers) - set(seen))
    checks.that(
        f"each is what was owed ({sum(seen.values()) - len(seen)} came twice, with the same event-id)", wrong)
    checks.that("each key's messages are in their order", disordered)
    left = postgres.ask("SELECT destination, COUNT(*) FROM outbox_messages GROUP BY destination;")
    checks.that("nothing is owed any more", [f"{count} to {destination}" for destination, count in left])


def sync(checks, service, viewers):
    checks.that(
        f"the sync service has the last position of each viewer ({service.calls:,} calls)",
        [f"{v.user}: {service.positions.get((v.user, v.title, 'tv'))} of {v.position}" for v in viewers
         if service.positions.get((v.user, v.title, "tv")) != v.position])


def clients(checks, tally):
    checks.that(
        f"{tally.calls:,} calls, tried again {tally.retries:,} times, {tally.taken:,} of them answered 202: every one was answered in the end",
        tally.failures[:20])
