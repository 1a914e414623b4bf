"""Watches: events, bookmarks, resume, and lists that are streamed."""

import time

from apiclient import TABLE, Object, Resource

SPEC = {"timeoutSeconds": 5}
INITIAL_END = "k8s.io/initial-events-end"


def version(obj: Object) -> str:
    found: str = obj["metadata"]["resourceVersion"]
    return found


def test_every_change_is_an_event(upstreams: Resource) -> None:
    with upstreams.watch() as watch:
        made = upstreams.create("a", SPEC)
        assert watch.next("ADDED") == made
        changed = upstreams.patch("a", {"spec": {"timeoutSeconds": 6}}).ok()
        assert watch.next("MODIFIED") == changed
        upstreams.delete("a").ok()
        gone = watch.next("DELETED")
        assert gone["spec"] == changed["spec"]
        assert int(version(gone)) > int(version(changed))


def test_watch_starts_with_what_is_there(upstreams: Resource) -> None:
    made = upstreams.create("a", SPEC)
    with upstreams.watch() as watch:
        assert watch.next("ADDED") == made


def test_watch_resumes_after_a_version(upstreams: Resource) -> None:
    first = upstreams.create("a", SPEC)
    upstreams.create("b", SPEC)
    upstreams.patch("a", {"spec": {"timeoutSeconds": 6}}).ok()
    with upstreams.watch(resourceVersion=version(first)) as watch:
        assert watch.next("ADDED")["metadata"]["name"] == "b"
        assert watch.next("MODIFIED")["metadata"]["name"] == "a"


def test_watch_sees_every_event_once_and_in_order(upstreams: Resource) -> None:
    start = upstreams.collection()["metadata"]["resourceVersion"]
    upstreams.create("a", SPEC)
    for seconds in range(20):
        upstreams.patch("a", {"spec": {"timeoutSeconds": 100 + seconds}}).ok()
    with upstreams.watch(resourceVersion=start) as watch:
        events = [watch.next() for _ in range(21)]
    assert [event["spec"]["timeoutSeconds"] for event in events] == [5, *range(100, 120)]
    versions = [int(version(event)) for event in events]
    assert versions == sorted(set(versions))


def test_watch_of_one_name(upstreams: Resource) -> None:
    with upstreams.watch(fieldSelector="metadata.name=b") as watch:
        upstreams.create("a", SPEC)
        upstreams.create("b", SPEC)
        assert watch.next("ADDED")["metadata"]["name"] == "b"


def test_an_object_that_leaves_the_selection_is_deleted_for_the_watcher(upstreams: Resource) -> None:
    upstreams.create("a", SPEC, labels={"app": "web"})
    with upstreams.watch(labelSelector="app=web") as watch:
        watch.next("ADDED")
        upstreams.patch("a", {"metadata": {"labels": None}}).ok()
        watch.next("DELETED")
        upstreams.patch("a", {"metadata": {"labels": {"app": "web"}}}).ok()
        watch.next("ADDED")


def test_watch_shows_the_version_that_is_asked_for(upstreams: Resource) -> None:
    with upstreams.at("v1alpha1").watch() as watch:
        upstreams.create("a", {"servers": [{"address": "a:80"}]})
        event = watch.next("ADDED")
    assert event["apiVersion"] == "nginx.example.com/v1alpha1"
    assert event["spec"]["hosts"] == [{"address": "a:80", "weight": 1}]


def test_watch_list_sends_what_is_there_then_a_bookmark(upstreams: Resource) -> None:
    upstreams.create("a", SPEC)
    upstreams.create("b", SPEC)
    query = {
        "sendInitialEvents": "true",
        "resourceVersionMatch": "NotOlderThan",
        "allowWatchBookmarks": "true",
    }
    with upstreams.watch(**query) as watch:
        names = [watch.next("ADDED")["metadata"]["name"] for _ in range(2)]
        assert sorted(names) == ["a", "b"]
        bookmark = watch.next("BOOKMARK")
        assert bookmark["metadata"]["annotations"] == {INITIAL_END: "true"}
        upstreams.create("c", SPEC)
        assert watch.next("ADDED")["metadata"]["name"] == "c"


def test_a_bookmark_ends_a_watch_and_is_a_place_to_resume(upstreams: Resource) -> None:
    """Bookmarks come about once a minute, and two seconds before a watch ends."""
    upstreams.create("a", SPEC)
    with upstreams.watch(allowWatchBookmarks="true", timeoutSeconds=4) as watch:
        watch.next("ADDED")
        bookmark = watch.next("BOOKMARK")
    assert bookmark["kind"] == "Upstream"
    upstreams.create("b", SPEC)
    with upstreams.watch(resourceVersion=version(bookmark)) as watch:
        assert watch.next("ADDED")["metadata"]["name"] == "b"


def test_watch_ends_when_its_time_is_over(upstreams: Resource) -> None:
    start = time.monotonic()
    with upstreams.watch(timeoutSeconds=1) as watch:
        assert list(watch) == []
    assert 0.5 < time.monotonic() - start < 5


def test_watch_from_a_version_that_is_no_number(upstreams: Resource) -> None:
    upstreams.watch(resourceVersion="abc").answer().refused(400)


def test_watch_from_the_future_ends(upstreams: Resource) -> None:
    answer = upstreams.watch(resourceVersion="9999999999", timeoutSeconds=1).answer()
    assert answer.status < 500


def test_watch_as_table(upstreams: Resource) -> None:
    upstreams.create("a", SPEC)
    answer = upstreams.client.get(upstreams.path(watch=1, timeoutSeconds=1), Accept=TABLE)
    assert answer.json["object"]["kind"] == "Table"
    assert answer.json["object"]["rows"][0]["cells"][0] == "a"
