using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Feeds.Core;

namespace Realtime.Tests.Feeds;

public sealed class RosterTests
{
    private static readonly ChannelName Name = ChannelName.Parse("chat:room");

    [Fact]
    public void Pages_and_changes_mixed_as_they_come_make_the_channels_roster() =>
        Prop.ForAll(Gen.Choose(-2, 12).ArrayOf().ToArbitrary(), steps =>
        {
            Run(steps);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(80).WithQuietOnSuccess(true));

    [Fact]
    public void A_member_count_above_the_limit_is_all_that_is_kept_and_below_it_the_roster_is_read()
    {
        var roster = new Roster(rosterLimit: 1);
        roster.Begin(new PresenceSnapshot([MemberOf(1)], 1, 4));
        roster.TryApply(Change(PresenceChange.Joined, [], 2, 5)).ShouldBeTrue();
        roster.Snapshot().ShouldBe(new PresenceSnapshot(null, 2, 5));

        roster.TryApply(Change(PresenceChange.Left, [MemberOf(2)], 1, 6)).ShouldBeFalse();
        roster.IsComplete.ShouldBeFalse();
        roster.TryContinue(new PresenceSnapshot([MemberOf(1)], 1, 6)).ShouldBeTrue();
        roster.Snapshot().Members!.Single().ShouldBe(MemberOf(1));
    }

    [Fact]
    public void Parts_hold_each_member_once_in_order_and_fit_into_their_bytes_unless_one_alone_does_not() =>
        Prop.ForAll(Gen.Choose(0, 200).ArrayOf().Zip(Gen.Choose(1, 600)).ToArbitrary(), sizes =>
        {
            var (lengths, bytes) = sizes;
            var whole = new PresenceSnapshot(
                [.. lengths.Select((length, index) => MemberOf(index + 1) with { Data = ScriptedChannel.Text(new string('x', length)) })],
                lengths.Length, 7);
            var parts = new List<PresenceSnapshot>();
            do
            {
                parts.Add(RosterPart.Of(whole, parts.Count == 0 ? default : parts[^1].Members![^1].Session, bytes));
            }
            while (parts[^1].More);

            parts.SelectMany(part => part.Members!).ShouldBe(whole.Members);
            parts.ShouldAllBe(part => part.Members!.Count <= 1 || part.Members.Sum(RosterPart.BytesOf) <= bytes);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true));

    /// <param name="steps">-2: the page under way arrives. -1: the next change is lost. Others: that session comes or goes.</param>
    private static void Run(int[] steps)
    {
        var channel = new SortedDictionary<int, Member>();
        var (revision, isLost, isAsked) = (0L, false, false);
        var roster = new Roster(rosterLimit: 100);
        roster.Begin(Page(channel, default, revision));
        foreach (var step in steps.Concat([3, 4, .. Enumerable.Repeat(-2, 40)]))
        {
            if (step == -2)
            {
                // As a feed does: it asks for a page where one is missing, and starts anew when it does not fit.
                if (isAsked && !roster.TryContinue(Page(channel, roster.ReadUpTo, revision)))
                {
                    roster.ReadAgain();
                }

                isAsked = !roster.IsComplete;
            }
            else if (step == -1)
            {
                isLost = true;
            }
            else
            {
                var change = channel.Remove(step, out var member) ? PresenceChange.Left : PresenceChange.Joined;
                member ??= channel[step] = MemberOf(step);
                revision++;
                isAsked |= !isLost && !roster.TryApply(Change(change, [member], channel.Count, revision));
                isLost = false;
            }
        }

        roster.IsComplete.ShouldBeTrue();
        roster.Snapshot().Members.ShouldBe(channel.Values);
        (roster.Count, roster.Revision).ShouldBe((channel.Count, revision));
    }

    private static PresenceSnapshot Page(SortedDictionary<int, Member> channel, SessionId after, long revision)
    {
        var rest = channel.Values.Where(member => member.Session.Value > after.Value).ToList();
        return new PresenceSnapshot([.. rest.Take(2)], channel.Count, revision) { More = rest.Count > 2 };
    }

    private static ChannelNews.Presence Change(PresenceChange change, IReadOnlyList<Member> members, int count, long revision) =>
        new(Name, change, members, count, revision);

    private static Member MemberOf(int session) => new(new SessionId((UInt128)(session + 1)), null, ScriptedChannel.Text("x"));
}
