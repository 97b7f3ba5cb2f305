using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Sessions.Core;

namespace Realtime.Tests.Sessions;

/// <summary>What a node knows of connections of other nodes that hold its sessions.</summary>
public sealed class RemoteHoldersTests
{
    private static readonly Address A = new("akka.tcp", "realtime", "a", 1);
    private static readonly Address B = new("akka.tcp", "realtime", "b", 1);

    private readonly RemoteHolders _holders = new();

    [Fact]
    public void A_renewal_is_answered_with_what_does_not_run_here_or_is_held_otherwise()
    {
        Add(1, A);
        Add(2, A);
        Add(3, B);

        var other = Hold(2) with { Attachment = new Attachment(1, 99) };
        var another = Hold(1) with { Connection = new ConnectionId(77) };

        _holders.Renew(A, [Hold(1), other, Hold(3), Hold(4), another]).ShouldBe([other, Hold(3), Hold(4), another]);
    }

    [Fact]
    public void A_holder_that_misses_three_renewals_is_lost_and_one_that_is_renewed_is_not()
    {
        var silent = Add(1, A);
        Add(2, A);
        for (var round = 0; round < RemoteHolders.MostMissed; round++)
        {
            _holders.Round().ShouldBeEmpty();
            _holders.Renew(A, [Hold(2)]).ShouldBeEmpty();
        }

        _holders.Round().ShouldBe([silent]);
        _holders.Renew(A, [Hold(1), Hold(2)]).ShouldBe([Hold(1)], "the session does not count it any more");
    }

    [Fact]
    public void A_node_that_is_gone_takes_its_holders_along_and_no_others()
    {
        var (first, second) = (Add(1, A), Add(2, A));
        Add(3, B);

        _holders.RemoveNode(A).ShouldBe([first, second], ignoreOrder: true);
        _holders.RemoveNode(A).ShouldBeEmpty();
        _holders.Count.ShouldBe(1);
    }

    [Fact]
    public void An_actor_that_was_replaced_does_not_release_what_its_successor_has()
    {
        var before = Add(1, A);
        Add(1, B);

        _holders.Remove(Session(1), before.Session);
        _holders.Count.ShouldBe(1);
        _holders.Renew(B, [Hold(1)]).ShouldBeEmpty();
    }

    private static SessionId Session(int number) => new((UInt128)number);

    private static SessionHold Hold(int number) => new(Session(number), new Attachment(1, number), new ConnectionId(number));

    private LostHolder Add(int number, Address node)
    {
        var (session, connection) = (new NamedRef($"session-{_holders.Count}-{node.Host}"), new NamedRef($"connection-{number}", node));
        _holders.Add(Session(number), session, connection, Hold(number));
        return new LostHolder(session, connection);
    }
}
