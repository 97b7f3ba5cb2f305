using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Node.Connections.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Connections;

/// <summary>Whatever the rules are.</summary>
public sealed class AccessPropertyTests
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(2_000).WithQuietOnSuccess(true);

    private static Gen<AccessRule> Rule => Gen.Elements(AccessRule.Nobody, AccessRule.Users, AccessRule.Anyone, AccessRule.Subscribers);

    private static Gen<AccessRule?> Maybe => Gen.OneOf(Rule.Select(rule => (AccessRule?)rule), Gen.Constant((AccessRule?)null));

    private static Gen<NamespacePolicy> Space =>
        from name in Gen.Elements("a", "default", "@")
        from subscribe in Rule
        from publish in Rule
        from presence in Maybe
        from history in Maybe
        select new NamespacePolicy(name) { Subscribe = subscribe, Publish = publish, ReadPresence = presence, ReadHistory = history };

    private static Gen<ChannelName> Channel => Gen.Elements("a:1", "a:12", "a:", "lobby", "@ann", "@bob", "$a:1", "~session:1", "b:1").Select(ChannelName.Parse);

    private static Gen<ChannelGrant> Grant =>
        from pattern in Gen.Elements("*", "a:*", "a:1", "a:1*", "@*", "@ann", "@bob", "$*", "$a:1", "~*", "lobby", "b:*", "a:*1")
        from rights in Gen.Choose(0, (int)ChannelRights.All)
        select new ChannelGrant(pattern, (ChannelRights)rights);

    private static Gen<bool> Flag => Gen.Elements(true, false);

    private static Gen<(AccessCheck Access, ChannelName Channel, ChannelGrant[] Fewer, ChannelGrant[] More, bool IsSubscribed, bool HasToken)> Case =>
        from space in Space
        from channel in Channel
        from fewer in Grant.ArrayOf()
        from more in Grant.ArrayOf()
        from hides in Flag
        from subscribed in Flag
        from token in Flag
        select (new AccessCheck(new NamespaceTable([space]), hides), channel, fewer, more, subscribed, token);

    [Fact]
    public void More_grants_never_take_a_right_away() => Check.One(Runs, Prop.ForAll(Case.ToArbitrary(), some =>
    {
        foreach (var right in AccessMatrixTests.AllRights)
        {
            if (May(some.Fewer))
            {
                May([.. some.Fewer, .. some.More]).ShouldBeTrue();
                May([.. some.More, .. some.Fewer]).ShouldBeTrue();
            }

            bool May(ChannelGrant[] grants) => some.Access.Allows(right, some.Channel, Ann(grants, some.IsSubscribed, some.HasToken));
        }
    }));

    [Fact]
    public void No_grant_opens_what_is_somebody_elses_or_the_servers() => Check.One(Runs, Prop.ForAll(Case.ToArbitrary(), some =>
    {
        foreach (var right in AccessMatrixTests.AllRights.Where(right => right is not ChannelRights.Publish))
        {
            some.Access.Allows(right, ChannelName.Parse("@bob"), Ann(some.More, some.IsSubscribed, some.HasToken)).ShouldBeFalse();
            some.Access.Allows(right, ChannelName.Parse("~session:1"), Ann(some.More, some.IsSubscribed, some.HasToken)).ShouldBeFalse();
        }
    }));

    private static AccessSubject Ann(ChannelGrant[] grants, bool isSubscribed, bool hasToken) =>
        new(new SessionIdentity(new UserId("ann"), null) { Grants = new ChannelGrants(grants) }, isSubscribed, hasToken);
}
