using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Core;
using Realtime.Node.Events;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>What a channel reports for the application: that it is occupied or vacated, and who is present.</summary>
public sealed class MachineReportTests
{
    private static readonly WantedReports All = new(Occupancy: true, Members: true);

    private readonly MachineRig _rig = new(reports: All);
    private readonly List<EventReport> _outbox = [];

    private TimeSpan Settled => _rig.Policy.UnclaimedGrace;

    [Fact]
    public void A_channel_is_occupied_with_its_first_feed_and_vacated_when_none_has_come_back_in_time()
    {
        Pass(Settled);
        _rig.Listen("a");
        _rig.Listen("b");
        Events().ShouldBe(["ChannelOccupied"]);

        Unlisten("a");
        Unlisten("b");
        Pass(_rig.Policy.VacateAfter - TimeSpan.FromMilliseconds(1));
        _rig.Listen("b", attempt: 2);
        Pass(TimeSpan.FromMinutes(5));
        Events().ShouldBe(["ChannelOccupied"], "somebody came back");

        Unlisten("b", attempt: 3);
        Pass(_rig.Policy.VacateAfter);
        Events().ShouldBe(["ChannelOccupied", "ChannelVacated"]);
    }

    [Fact]
    public void Feeds_that_are_lost_with_their_node_have_the_grace_of_orphans()
    {
        Pass(Settled);
        _rig.Listen("a", feed: new SilentRef("feed", isLocal: false));
        Events().ShouldBe(["ChannelOccupied"]);

        _rig.Step(new ChannelInput.NodeRemoved(new Address("akka", "tests")));
        Pass(_rig.Policy.UnclaimedGrace - TimeSpan.FromMilliseconds(1));
        Events().ShouldBe(["ChannelOccupied"]);
        Pass(TimeSpan.FromMilliseconds(1));

        Events().ShouldBe(["ChannelOccupied", "ChannelVacated"]);
    }

    [Fact]
    public void A_new_owner_says_nothing_that_is_no_event_while_feeds_and_members_come_back()
    {
        _rig.Listen("a");
        Claim(MachineRig.Ann, "here");
        Claim(MachineRig.Ben, "here");
        var before = Events();

        _rig.Restart();
        _rig.Listen("a", attempt: 2, known: new PresenceSnapshot([Member(MachineRig.Ann, "here"), Member(MachineRig.Ben, "here")], 2, 2));
        Claim(MachineRig.Ann, "here");
        Claim(MachineRig.Ben, "here");
        Ask(MachineRig.Ann, MachineRig.Ben);
        Pass(Settled);

        Events().ShouldBe(before);
        before.ShouldBe(["ChannelOccupied", "MemberJoined 1", "MemberJoined 2"]);
    }

    [Fact]
    public void What_an_owner_could_not_report_before_it_was_lost_its_next_one_reports()
    {
        _rig.Listen("a");
        Claim(MachineRig.Ann, "here");
        _rig.Others.Clear();

        _rig.Restart();
        _rig.Listen("a", attempt: 2, known: new PresenceSnapshot([Member(MachineRig.Ann, "here")], 1, 1));

        Events().ShouldBe(["ChannelOccupied", "MemberJoined 1"]);
    }

    [Fact]
    public void A_new_owner_that_is_asked_denies_what_nobody_came_back_for_and_only_after_the_grace()
    {
        _rig.Listen("a");
        Claim(MachineRig.Ann, "here");
        Claim(MachineRig.Ben, "here");
        _ = Events();

        _rig.Restart();
        Ask(MachineRig.Ann, MachineRig.Ben);
        Claim(MachineRig.Ben, "there", feedListens: true);
        Unlisten("a", attempt: 2);
        Events().ShouldBe(["ChannelOccupied", "MemberJoined 1", "MemberJoined 2", "MemberChanged 2"]);
        Pass(Settled - TimeSpan.FromMilliseconds(1));
        Events().Count.ShouldBe(4);
        Pass(_rig.Policy.UnclaimedGrace);

        Events()[4..].ShouldBe(["ChannelVacated", "MemberLeft 1", "MemberLeft 2"], ignoreOrder: true);
        Pass(_rig.Policy.PassivateAfter);
        _rig.Others.ShouldContain(effect => effect is ChannelEffect.Passivate);
    }

    [Fact]
    public void A_feed_that_leaves_an_owner_that_never_heard_of_it_was_known_to_the_one_before()
    {
        _rig.Listen("a");
        _ = Events();

        _rig.Restart();
        Unlisten("a", attempt: 2);
        Pass(Settled);

        Events().ShouldBe(["ChannelOccupied", "ChannelVacated"]);
    }

    [Fact]
    public void A_session_that_withdraws_from_an_owner_that_never_heard_of_it_was_known_to_the_one_before()
    {
        _rig.Listen("a");
        Claim(MachineRig.Ann, "here");
        _ = Events();

        _rig.Restart();
        Withdraw(MachineRig.Ann);

        Events().ShouldBe(["ChannelOccupied", "MemberJoined 1", "MemberLeft 1"]);
    }

    [Fact]
    public void Members_that_a_process_before_this_one_knew_are_no_event_and_leave_when_nobody_comes()
    {
        var until = _rig.Now + 5_000;
        var rig = new MachineRig(remembered: new RememberedRoster([Member(MachineRig.Ann, "here")], until), reports: All);

        TextOf(rig, _outbox).ShouldBe(["MemberJoined 1"], "whoever reads the log knows that already");
        rig.Now = until;
        rig.Step(ChannelInput.Tick.Instance);

        TextOf(rig, _outbox).ShouldBe(["MemberJoined 1", "MemberLeft 1"]);
    }

    [Fact]
    public void While_nothing_can_be_written_no_more_waits_than_the_channel_is()
    {
        Pass(Settled);
        _rig.Listen("a");
        for (var session = 100; session < 5_000; session++)
        {
            Claim(new SessionId((UInt128)session), "here");
            Withdraw(new SessionId((UInt128)session));
        }

        Claim(MachineRig.Ann, "1");
        Claim(MachineRig.Ann, "2", change: 2);

        Events().ShouldBe(["ChannelOccupied", "MemberJoined 1"]);
        _outbox.Count.ShouldBe(2);
        _outbox[1].Data.ShouldBe(MachineRig.Text("\"2\""));
    }

    [Fact]
    public void A_channel_stays_in_memory_until_its_reports_are_written()
    {
        Pass(Settled);
        _rig.Listen("a");
        Unlisten("a");
        Pass(_rig.Policy.VacateAfter + _rig.Policy.PassivateAfter);
        _rig.Others.ShouldNotContain(effect => effect is ChannelEffect.Passivate);

        _ = Events();
        Pass(_rig.Policy.PassivateAfter);

        _rig.Others.ShouldContain(effect => effect is ChannelEffect.Passivate);
    }

    [Fact]
    public void The_next_owner_is_asked_for_what_is_not_reported_and_for_nothing_where_nobody_was()
    {
        _rig.Machine.Unreported.ShouldBeNull();
        _rig.Listen("a");
        Claim(MachineRig.Ann, "here");
        _ = Events();
        _rig.Machine.Unreported.ShouldNotBeNull().Members.ShouldBeEmpty("it comes back with its feed");

        Withdraw(MachineRig.Ann);

        _rig.Machine.Unreported.ShouldNotBeNull().Members.ShouldBe([MachineRig.Ann]);
        new MachineRig().Machine.Unreported.ShouldBeNull();
    }

    [Theory]
    [InlineData(true, false, "ChannelOccupied")]
    [InlineData(false, true, "MemberJoined 1")]
    [InlineData(false, false, null)]
    public void What_nobody_wants_to_learn_of_is_not_reported(bool occupancy, bool members, string? reported)
    {
        var rig = new MachineRig(reports: new WantedReports(occupancy, members));
        rig.Listen("a");
        rig.Get<ChannelReply.Noted>(tag => new ChannelRequest.Claim(MachineRig.Name, tag, MachineRig.Feed(), [ClaimOf(MachineRig.Ann, "here")]));
        rig.Get<ChannelReply.Noted>(tag => new ChannelRequest.Report(MachineRig.Name, tag, [MachineRig.Ben]));

        TextOf(rig, _outbox).ShouldBe(reported is null ? [] : [reported]);
    }

    [Fact]
    public void A_channel_that_stops_does_not_tick_for_reports()
    {
        _rig.Listen("a");
        _rig.Step(ChannelInput.Stopping.Instance);

        _rig.Machine.Due.ShouldBeNull();
        _rig.Get<ChannelReply.Retry>(tag => new ChannelRequest.Report(MachineRig.Name, tag, []));
    }

    private static Member Member(SessionId session, string data) => new(session, null, MachineRig.Text($"\"{data}\""));

    private static PresenceClaim ClaimOf(SessionId session, string data, long change = 1) => new(Member(session, data), new PresenceStamp(new Attachment(1, 1), change));

    private void Claim(SessionId session, string data, long change = 1, bool feedListens = false)
    {
        if (feedListens)
        {
            _rig.Listen("a", attempt: 1);
        }

        _rig.Get<ChannelReply.Noted>(tag => new ChannelRequest.Claim(MachineRig.Name, tag, MachineRig.Feed(), [ClaimOf(session, data, change)]));
    }

    private void Withdraw(SessionId session) => _rig.Get<ChannelReply.Noted>(tag =>
        new ChannelRequest.Withdraw(MachineRig.Name, tag, session, new PresenceStamp(new Attachment(1, 1), PresenceStamp.Final)));

    private void Unlisten(string node, long attempt = 2) =>
        _rig.Get<ChannelReply.Noted>(tag => new ChannelRequest.Unlisten(MachineRig.Name, tag, MachineRig.Feed(node), attempt));

    private void Ask(params SessionId[] members) => _rig.Get<ChannelReply.Noted>(tag => new ChannelRequest.Report(MachineRig.Name, tag, members));

    private void Pass(TimeSpan time)
    {
        var until = _rig.Now + (long)time.TotalMilliseconds;
        while (_rig.Machine.Due is { } due && due <= until)
        {
            _rig.Now = Math.Max(due, _rig.Now);
            _rig.Step(ChannelInput.Tick.Instance);
            _rig.Machine.Due.ShouldNotBe(due, "a tick that is due already would come again and again");
        }

        _rig.Now = until;
    }

    private List<string> Events() => TextOf(_rig, _outbox);

    /// <summary>The outbox takes what is on its way, and all of it makes these events.</summary>
    private static List<string> TextOf(MachineRig rig, List<EventReport> outbox)
    {
        while (rig.Others.OfType<ChannelEffect.Report>().LastOrDefault() is { } report)
        {
            rig.Others.RemoveAll(effect => effect is ChannelEffect.Report);
            outbox.AddRange(report.Batch.Reports);
            rig.Step(new ChannelInput.Reported(report.Batch.Tag));
        }

        var fold = new EventFold();
        return
        [
            .. outbox.Select((report, place) => fold.Take(report.Partition, new StreamPosition(new Epoch(1), place + 1), 1, report)).OfType<ApplicationEvent>()
                .Select(happened => happened.Session.IsNone ? $"{happened.Kind}" : $"{happened.Kind} {happened.Session.Value}"),
        ];
    }
}
