using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Connections.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Connections;

/// <summary>Who may do what where: one row for each kind of channel and session, one letter for each right.</summary>
public sealed class AccessMatrixTests
{
    private static readonly NamespaceTable Spaces = new(
    [
        new NamespacePolicy("default"),
        new NamespacePolicy("chat") { Subscribe = AccessRule.Users, Publish = AccessRule.Users },
        new NamespacePolicy("club") { Publish = AccessRule.Subscribers, ReadHistory = AccessRule.Subscribers },
        new NamespacePolicy("desk") { Subscribe = AccessRule.Users, Publish = AccessRule.Subscribers },
        new NamespacePolicy("mute") { ReadPresence = AccessRule.Nobody, ReadHistory = AccessRule.Users },
        new NamespacePolicy("shut") { Subscribe = AccessRule.Nobody, Publish = AccessRule.Nobody },
        new NamespacePolicy("@") { Subscribe = AccessRule.Users, Publish = AccessRule.Nobody },
    ]);

    private static readonly AccessCheck Access = new(Spaces);

    /// <param name="who">Nobody, or a user with grants of the form <c>pattern=rights</c>; then <c>subscribed</c> or <c>token</c>.</param>
    /// <param name="may">Letters of Subscribe, Publish, presence (R) and History.</param>
    [Theory]
    [InlineData("lobby", "", "SPRH")]
    [InlineData("chat:1", "", "")]
    [InlineData("chat:1", "ann", "SPRH")]
    [InlineData("club:1", "", "SR")]
    [InlineData("club:1", "subscribed", "SPRH")]
    [InlineData("mute:1", "", "SP")]
    [InlineData("mute:1", "ann", "SPH")]
    [InlineData("mute:1", "ann mute:*=R", "SPRH")]
    [InlineData("shut:1", "ann", "")]
    [InlineData("shut:1", "subscribed", "")]
    [InlineData("shut:1", "ann shut:1=S", "S")]
    [InlineData("shut:1", "ann shut:1=P", "P")]
    [InlineData("shut:1", "ann shut:1=R", "R")]
    [InlineData("shut:1", "ann shut:1=H", "H")]
    [InlineData("shut:1", "ann shut:*=SP", "SP")]
    [InlineData("shut:1", "ann *=SH", "SH")]
    [InlineData("shut:1", "ann shut:1=S shut:*=P *=H", "SPH")]
    [InlineData("shut:1", "ann shut:2=SPRH chat:*=SPRH", "")]
    [InlineData("shut:12", "ann shut:1=SPRH", "")]
    [InlineData("shut:12", "ann shut:1*=SPRH", "SPRH")]
    [InlineData("shut:", "ann shut:*=S", "S")]
    [InlineData("shut", "ann shut:*=S", "SPRH")]
    [InlineData("@ann", "", "")]
    [InlineData("@ann", "ann", "SRH")]
    [InlineData("@ann", "ann *=P", "SPRH")]
    [InlineData("@bob", "ann", "")]
    [InlineData("@bob", "ann *=SPRH", "")]
    [InlineData("@bob", "ann @*=SPRH", "P")]
    [InlineData("@bob", "ann @bob=SPRH", "P")]
    [InlineData("@ANN", "ann", "")]
    [InlineData("$lobby", "", "")]
    [InlineData("$lobby", "subscribed", "")]
    [InlineData("$lobby", "token", "SPRH")]
    [InlineData("$shut:1", "token", "SRH")]
    [InlineData("$mute:1", "token", "SP")]
    [InlineData("$chat:1", "ann chat:*=SPRH", "")]
    [InlineData("$chat:1", "ann $chat:*=SH", "SH")]
    [InlineData("~session:1", "ann *=SPRH ~*=SPRH ~session:1=SPRH", "")]
    [InlineData("~session", "ann ~session=SPRH", "")]
    [InlineData("$~session:1", "ann $~*=SPRH", "")]
    [InlineData("nowhere:1", "ann *=SPRH", "")]
    public void Each_right_is_decided_for_itself(string channel, string who, string may)
    {
        Allowed(channel, who, Access).ShouldBe(may);
        Allowed(channel, who, new AccessCheck(Spaces, hidesChannels: true)).ShouldBe(may, "what is hidden is no other right");
    }

    [Theory]
    [InlineData("shut:\u0441at", "shut:cat")] // Cyrillic es
    [InlineData("shut:cat", "shut:\u0441at")]
    [InlineData("shut:Cat", "shut:cat")]
    [InlineData("shut:cat.", "shut:cat")]
    [InlineData("shut:cat", "shut:cat.")]
    [InlineData("shut:%63at", "shut:cat")]
    [InlineData("shut:cat", "shut:%63at")]
    [InlineData("shut:../shut:cat", "shut:cat")]
    [InlineData("shut:a/../cat", "shut:cat")]
    [InlineData("shut:cat\u200b", "shut:cat")] // Zero width space
    [InlineData("shut:\uff43at", "shut:cat")] // Full width
    [InlineData("shut:cat/", "shut:cat")]
    [InlineData("shut:caf\u00e9", "shut:cafe\u0301")] // A pattern that is not in normal form C
    [InlineData("shut:cat", "shut:c*t")]
    [InlineData("shut:cat", "*cat")]
    [InlineData("shut:cat", "shut:**")]
    [InlineData("shut:c*t", "shut:c*t")]
    [InlineData("shut:cat", "")]
    [InlineData("SHUT:cat", "shut:*")]
    public void Names_that_look_alike_are_other_channels(string channel, string pattern) => Allowed(channel, $"ann {pattern}=SPRH", Access).ShouldBe("");

    [Theory]
    [InlineData("shut:1", "ann")]
    [InlineData("desk:1", "")]
    [InlineData("@bob", "ann")]
    [InlineData("$chat:1", "ann")]
    [InlineData("~session:1", "ann")]
    public void A_refusal_that_hides_channels_is_the_same_for_one_that_does_not_exist(string channel, string who)
    {
        var hiding = new AccessCheck(Spaces, hidesChannels: true);
        foreach (var right in AllRights)
        {
            var real = hiding.Check(right, ChannelName.Parse(channel), Subject(who), out var space);
            var none = hiding.Check(right, ChannelName.Parse("nowhere:1"), Subject(who), out _);

            real.ShouldBe(none);
            real!.Value.Code.ShouldBe(ErrorCode.Forbidden);
            space.ShouldBeNull();
        }
    }

    [Fact]
    public void In_development_a_refusal_says_what_is_missing()
    {
        Access.Check(ChannelRights.Subscribe, ChannelName.Parse("nowhere:1"), default, out _)!.Value.Code.ShouldBe(ErrorCode.NotFound);
        Access.Check(ChannelRights.Publish, ChannelName.Parse("desk:1"), default, out _)!.Value.Code.ShouldBe(ErrorCode.NotSubscribed);
    }

    [Fact]
    public void Who_may_subscribe_is_told_that_it_has_to_before_it_publishes() =>
        new AccessCheck(Spaces, hidesChannels: true).Check(ChannelRights.Publish, ChannelName.Parse("desk:1"), Subject("ann"), out _)!.Value.Code.ShouldBe(ErrorCode.NotSubscribed);

    internal static IReadOnlyList<ChannelRights> AllRights { get; } = [ChannelRights.Subscribe, ChannelRights.Publish, ChannelRights.Presence, ChannelRights.History];

    private static string Allowed(string channel, string who, AccessCheck access) =>
        string.Concat(AllRights.Zip("SPRH").Where(right => access.Allows(right.First, ChannelName.Parse(channel), Subject(who))).Select(right => right.Second));

    private static AccessSubject Subject(string who)
    {
        var words = who.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var flags = words.Where(word => word is "subscribed" or "token").ToList();
        var grants = words.Where(word => word.Contains('=')).Select(word => new ChannelGrant(word[..word.LastIndexOf('=')], Granted(word[(word.LastIndexOf('=') + 1)..])));
        var user = words.FirstOrDefault(word => !word.Contains('=') && !flags.Contains(word));
        return new AccessSubject(
            user is null ? null : new SessionIdentity(new UserId(user), null) { Grants = new ChannelGrants([.. grants]) },
            IsSubscribed: flags.Count > 0,
            HasToken: flags.Contains("token"));
    }

    private static ChannelRights Granted(string letters) => AllRights.Zip("SPRH").Where(right => letters.Contains(right.Second)).Aggregate(ChannelRights.None, (all, right) => all | right.First);
}
