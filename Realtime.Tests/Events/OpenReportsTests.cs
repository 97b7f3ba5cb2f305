using Realtime.Messages.Ids;
using Realtime.Node.Events;
using Realtime.Node.Events.Core;

namespace Realtime.Tests.Events;

/// <summary>What an entity has to report and does not know to be written.</summary>
public sealed class OpenReportsTests
{
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");

    private readonly OpenReports _open = new();

    [Fact]
    public void One_batch_is_under_way_at_a_time_and_of_what_waits_the_newest_of_each_subject_is_kept()
    {
        _open.Put(Of(EventKind.ChannelOccupied));
        _open.TryTake(0, out var first).ShouldBeTrue();
        _open.Put(Of(EventKind.ChannelVacated));
        _open.Put(Of(EventKind.MemberJoined, 1));
        _open.Put(Of(EventKind.ChannelOccupied));
        _open.Put(Of(EventKind.MemberLeft, 1));
        _open.TryTake(1, out _).ShouldBeFalse("the first is under way");

        _open.Written(first!.Tag).ShouldBe([Of(EventKind.ChannelOccupied)]);
        _open.TryTake(2, out var second).ShouldBeTrue();

        second!.Reports.ShouldBe([Of(EventKind.ChannelOccupied), Of(EventKind.MemberLeft, 1)]);
        _open.Written(first.Tag).ShouldBeEmpty("that was said before");
        _open.IsEmpty.ShouldBeFalse();
        _open.Written(second.Tag).Count.ShouldBe(2);
        (_open.IsEmpty, _open.Due).ShouldBe((true, null));
    }

    [Fact]
    public void The_beginning_and_the_end_of_a_session_are_both_told()
    {
        _open.Put(Of(EventKind.SessionOpened, 1));
        _open.Put(Of(EventKind.SessionClosed, 1));

        _open.TryTake(0, out var batch).ShouldBeTrue();

        batch!.Reports.Select(report => report.Kind).ShouldBe([EventKind.SessionOpened, EventKind.SessionClosed]);
    }

    [Fact]
    public void What_is_not_known_to_be_written_is_given_again_as_it_was()
    {
        _open.Put(Of(EventKind.ChannelOccupied));
        _open.TryTake(0, out var first).ShouldBeTrue();
        _open.Put(Of(EventKind.ChannelVacated));

        _open.Due.ShouldBe(OpenReports.Again);
        _open.TryTake(OpenReports.Again - 1, out _).ShouldBeFalse();
        _open.TryTake(OpenReports.Again, out var again).ShouldBeTrue();

        again.ShouldBe(first);
    }

    [Fact]
    public void What_is_dropped_is_not_told_unless_it_is_under_way()
    {
        _open.Put(Of(EventKind.MemberJoined, 1));
        _open.TryTake(0, out var first).ShouldBeTrue();
        _open.Put(Of(EventKind.MemberJoined, 2));

        _open.Drop(Of(EventKind.MemberLeft, 1).Subject);
        _open.Drop(Of(EventKind.MemberLeft, 2).Subject);

        _open.All.ShouldBe([Of(EventKind.MemberJoined, 1)]);
        _open.Written(first!.Tag).ShouldNotBeEmpty();
        _open.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Very_many_go_in_batches_in_their_order()
    {
        for (var session = 1; session <= 250; session++)
        {
            _open.Put(Of(EventKind.MemberJoined, session));
        }

        var taken = new List<EventReport>();
        while (_open.TryTake(0, out var batch))
        {
            batch.Reports.Count.ShouldBeLessThanOrEqualTo(OpenReports.Most);
            taken.AddRange(_open.Written(batch.Tag));
        }

        taken.Select(report => (int)report.Session.Value).ShouldBe(Enumerable.Range(1, 250));
    }

    private static EventReport Of(EventKind kind, int session = 0) => new(kind, kind is EventKind.SessionOpened or EventKind.SessionClosed ? null : Room, new SessionId((UInt128)session), null);
}
