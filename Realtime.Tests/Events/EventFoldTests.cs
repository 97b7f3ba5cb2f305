using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Events;

namespace Realtime.Tests.Events;

/// <summary>What becomes of the reports on an outbox.</summary>
public sealed class EventFoldTests
{
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");
    private static readonly SessionId Ann = new(1);

    [Fact]
    public void A_report_that_says_what_was_said_before_is_no_event()
    {
        var fold = new EventFold();

        Events(fold, Occupied(), Occupied(), Joined("a"), Joined("a"), Joined("b"), Left(), Left(), Vacated(), Vacated())
            .Select(happened => happened.Kind)
            .ShouldBe([EventKind.ChannelOccupied, EventKind.MemberJoined, EventKind.MemberChanged, EventKind.MemberLeft, EventKind.ChannelVacated]);
    }

    [Fact]
    public void The_end_of_what_nobody_heard_of_is_no_event() =>
        Events(new EventFold(), Vacated(), Left(), new EventReport(EventKind.SessionClosed, null, Ann, null)).ShouldBeEmpty();

    [Fact]
    public void Who_is_over_and_what_it_said_last_is_known_though_its_last_owner_did_not_know_it()
    {
        var fold = new EventFold();

        var events = Events(
            fold,
            new EventReport(EventKind.SessionOpened, null, Ann, new UserId("ann")),
            Joined("a") with { User = new UserId("ann") },
            new EventReport(EventKind.SessionClosed, null, Ann, null, Reason: "lost"),
            Left());

        events.ShouldAllBe(happened => happened.User == new UserId("ann"));
        events.Single(happened => happened.Kind is EventKind.MemberLeft).Data.ShouldBe(Data("a"));
        events.Single(happened => happened.Kind is EventKind.SessionClosed).Reason.ShouldBe("lost");
    }

    [Fact]
    public void An_event_has_the_id_of_its_place_whoever_reads_the_log()
    {
        var once = Events(new EventFold(), Occupied(), Occupied(), Vacated());
        var fold = new EventFold();
        _ = Events(fold, Occupied());
        var saved = fold.Save().Select(report => EventReport.Read(report.Write())!);
        var again = Events(EventFold.Restore(saved), first: 1, Occupied(), Vacated());

        once.Select(happened => happened.Id).ShouldBeUnique();
        again.ShouldHaveSingleItem().ShouldBe(once[^1]);
    }

    [Fact]
    public void A_report_is_read_as_it_was_written_and_writing_it_again_changes_nothing()
    {
        EventReport[] reports =
        [
            Occupied(), Joined("ü \" \\ <b>") with { User = new UserId("ann") }, Joined("a") with { Data = new Payload(new byte[] { 1, 2, 255 }, IsBinary: true) },
            Joined("") with { Data = new Payload("""{ "a": 1.50, "b": [null, 12345678901234567890] }"""u8.ToArray()) },
            new EventReport(EventKind.SessionClosed, null, Ann, null, Reason: "bye"),
        ];
        foreach (var report in reports)
        {
            var read = EventReport.Read(report.Write()).ShouldNotBeNull();
            (read with { Data = null }).ShouldBe(report with { Data = null });
            EventReport.Read(read.Write()).ShouldBe(read);
        }

        EventReport.Read(reports[3].Write())!.Data!.Value.Bytes.ToArray().ShouldBe("""{"a":1.50,"b":[null,12345678901234567890]}"""u8.ToArray());
        EventReport.Read(new Payload("{}"u8.ToArray())).ShouldBeNull();
        EventReport.Read(new Payload("""{"Kind":"Later","Channel":"chat:room"}"""u8.ToArray())).ShouldBeNull();
    }

    /// <summary>
    /// The states of a few things, each of them reported once or more before the next one of the same thing, whoever its owner is: in whatever order the reports of different things meet on the log.
    /// </summary>
    [Fact]
    public void However_repeats_and_things_are_mixed_the_events_are_those_of_the_history() =>
        Prop.ForAll(Logs().ToArbitrary(), log =>
            {
                var fold = new EventFold();
                var place = 0;
                var events = new List<ApplicationEvent>();
                foreach (var (report, restarts) in log)
                {
                    // The reader may go on elsewhere, from what it saved.
                    fold = restarts ? EventFold.Restore(fold.Save().Reverse()) : fold;
                    if (fold.Take(report.Partition, new StreamPosition(new Epoch(1), ++place), 1, report) is { } happened)
                    {
                        events.Add(happened);
                    }
                }

                foreach (var thing in log.Select(entry => (entry.Report.Subject, entry.Report.Channel)).Distinct())
                {
                    var states = log.Where(entry => (entry.Report.Subject, entry.Report.Channel) == thing).Select(entry => (entry.Report.Kind, entry.Report.Data)).ToList();
                    var changes = states.Where((state, at) => at == 0 || states[at - 1] != state).ToList();
                    events.Where(happened => Subject(happened) == thing).Select(happened => (Base(happened.Kind), happened.Kind is EventKind.MemberLeft ? null : happened.Data))
                        .ShouldBe(changes);
                }

                events.Select(happened => happened.Id).ShouldBeUnique();
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(60).WithQuietOnSuccess(true));

    private static (ReportSubject, ChannelName?) Subject(ApplicationEvent happened) =>
        (new EventReport(happened.Kind, happened.Channel, happened.Session, null).Subject, happened.Channel);

    private static EventKind Base(EventKind kind) => kind is EventKind.MemberChanged ? EventKind.MemberJoined : kind;

    private static Gen<List<(EventReport Report, bool Restarts)>> Logs()
    {
        // Each is in one of its states, and begins with the first one.
        EventReport[][] things =
        [
            [Occupied(), Vacated()],
            [Occupied() with { Channel = ChannelName.Parse("chat:other") }, Vacated() with { Channel = ChannelName.Parse("chat:other") }],
            [Joined("a"), Left(), Joined("b"), Joined("c")],
            [Joined("a") with { Session = new SessionId(2) }, Left() with { Session = new SessionId(2) }],
            [new EventReport(EventKind.SessionOpened, null, Ann, null)],
        ];
        return from steps in (from thing in Gen.Choose(0, things.Length - 1) from state in Gen.Choose(0, 3) from restarts in Gen.Choose(0, 9) select (thing, state, restarts)).ListOf()
               select Run(steps);

        List<(EventReport, bool)> Run(IEnumerable<(int Thing, int State, int Restarts)> steps)
        {
            var begun = new HashSet<int>();
            return [.. steps.Select(step => (things[step.Thing][begun.Add(step.Thing) ? 0 : step.State % things[step.Thing].Length], step.Restarts == 0))];
        }
    }

    private static List<ApplicationEvent> Events(EventFold fold, params EventReport[] reports) => Events(fold, 0, reports);

    private static List<ApplicationEvent> Events(EventFold fold, int first, params EventReport[] reports) =>
        [.. reports.Select((report, place) => fold.Take(report.Partition, new StreamPosition(new Epoch(1), first + place + 1), 7, report)).OfType<ApplicationEvent>()];

    private static Payload Data(string text) => new(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(text));

    private static EventReport Occupied() => new(EventKind.ChannelOccupied, Room, default, null);

    private static EventReport Vacated() => new(EventKind.ChannelVacated, Room, default, null);

    private static EventReport Joined(string data) => new(EventKind.MemberJoined, Room, Ann, null, Data(data));

    private static EventReport Left() => new(EventKind.MemberLeft, Room, Ann, null);
}
