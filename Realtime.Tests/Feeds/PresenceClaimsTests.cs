using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Feeds.Core;

namespace Realtime.Tests.Feeds;

public sealed class PresenceClaimsTests
{
    [Fact]
    public void Claims_share_requests_of_bounded_size_and_a_withdrawal_has_one_to_itself()
    {
        var claims = new PresenceClaims();
        for (var i = 1; i <= 5; i++)
        {
            claims.Claim(ClaimOf(i, i));
        }

        claims.Withdraw(new SessionId(3), Stamp(6));
        claims.Next(1, 150).Count.ShouldBe(2);
        claims.Next(2, 150).Count.ShouldBe(2);
        claims.Next(3, 150).Single().ShouldBeOfType<PresenceStatement.Withdrawn>();
        claims.Next(4, 150).ShouldBeEmpty();
        claims.AreConfirmed.ShouldBeFalse();
        new[] { claims.Confirm(1), claims.Confirm(2), claims.Confirm(3), claims.Confirm(3) }.ShouldBe([true, true, true, false]);
        claims.AreConfirmed.ShouldBeTrue();
    }

    [Fact]
    public void Whatever_is_lost_or_changes_hands_the_channel_ends_with_the_newest_statement_of_every_session()
    {
        var step = from kind in Gen.Choose(0, 6) from session in Gen.Choose(1, 3) select (kind, session);
        Prop.ForAll(step.ArrayOf().ToArbitrary(), steps =>
        {
            Run(steps);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(60).WithQuietOnSuccess(true));
    }

    private static void Run((int Kind, int Session)[] steps)
    {
        var claims = new PresenceClaims();
        var channel = new Dictionary<SessionId, PresenceStatement>();
        var said = new Dictionary<SessionId, PresenceStatement>();
        var way = new List<(long Tag, IReadOnlyList<PresenceStatement> Statements)>();
        var (change, tag) = (0L, 0L);
        foreach (var (kind, session) in steps.Concat(Enumerable.Repeat((5, 0), 40)))
        {
            switch (kind)
            {
                case 0 or 1:
                    var claim = ClaimOf(session, ++change);
                    claims.Claim(claim);
                    said[claim.Member.Session] = new PresenceStatement.Claimed(claim);
                    break;
                case 2:
                    claims.Withdraw(new SessionId((UInt128)session), Stamp(++change));
                    said[new SessionId((UInt128)session)] = new PresenceStatement.Withdrawn(new SessionId((UInt128)session), Stamp(change));
                    break;
                case 3 when way.Count > 0:
                    way.RemoveAt(session % way.Count); // Lost.
                    break;
                case 4:
                    // The new owner has the roster, but may not know what was under way.
                    claims.Restate();
                    break;
                default:
                    var repeated = claims.Unconfirmed.Where(sent => !way.Exists(other => other.Tag == sent.Key));
                    way.AddRange(repeated.Select(sent => (sent.Key, sent.Value)));
                    if (way.Count > 0)
                    {
                        var arrives = way[session % way.Count];
                        way.Remove(arrives);
                        Arrive(channel, arrives.Statements);
                        claims.Confirm(arrives.Tag);
                    }

                    break;
            }

            if (claims.Next(++tag, 150) is { Count: > 0 } next)
            {
                way.Add((tag, next));
            }
        }

        claims.AreConfirmed.ShouldBeTrue();
        channel.OrderBy(entry => entry.Key.Value).ShouldBe(said.OrderBy(entry => entry.Key.Value));
    }

    /// <summary>As a channel does: the newest stamp counts, in whatever order they come.</summary>
    private static void Arrive(Dictionary<SessionId, PresenceStatement> channel, IReadOnlyList<PresenceStatement> statements)
    {
        foreach (var statement in statements)
        {
            if (!channel.TryGetValue(statement.Session, out var known) || StampOf(known) < StampOf(statement))
            {
                channel[statement.Session] = statement;
            }
        }
    }

    private static PresenceStamp StampOf(PresenceStatement statement) => statement switch
    {
        PresenceStatement.Claimed claimed => claimed.Claim.Stamp,
        PresenceStatement.Withdrawn withdrawn => withdrawn.Stamp,
        _ => throw new NotSupportedException($"{statement}"),
    };

    private static PresenceStamp Stamp(long change) => new(new Attachment(1, 1), change);

    private static PresenceClaim ClaimOf(int session, long change) =>
        new(new Member(new SessionId((UInt128)session), null, default), Stamp(change));
}
