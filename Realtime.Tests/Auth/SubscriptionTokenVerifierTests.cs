using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;

namespace Realtime.Tests.Auth;

/// <summary>A token for one channel and one user, signed by the development key.</summary>
public sealed class SubscriptionTokenVerifierTests
{
    private const string Key = "0123456789-0123456789-0123456789";
    private const long Now = 1_700_000_000;
    private static readonly ChannelName Vip = ChannelName.Parse("$chat:vip");
    private readonly DevelopmentKeyVerifier _verifier = new(Key);

    [Theory]
    [InlineData("""{"channel":"$chat:vip","sub":"ann"}""", SubscriptionVerdict.Always)]
    [InlineData("""{"channel":"$chat:vip","sub":"ann","exp":1700000060}""", 1_700_000_060_000L)]
    public void Its_user_comes_in_until_it_is_over(string payload, long until) => Verify(payload, "ann").Until.ShouldBe(until);

    [Fact]
    public void Without_a_user_it_is_for_anonymous_sessions() => Verify("""{"channel":"$chat:vip"}""", null).Until.ShouldBe(SubscriptionVerdict.Always);

    [Theory]
    [InlineData("""{"channel":"$chat:vip","sub":"bob"}""", ErrorCode.Forbidden)]
    [InlineData("""{"channel":"$chat:vip"}""", ErrorCode.Forbidden)]
    [InlineData("""{"channel":"$chat:VIP","sub":"ann"}""", ErrorCode.Forbidden)]
    [InlineData("""{"channel":"$chat:*","sub":"ann"}""", ErrorCode.Forbidden)]
    [InlineData("""{"channel":"chat:vip","sub":"ann"}""", ErrorCode.Forbidden)]
    [InlineData("""{"channel":"$chat:vip","sub":"ann","exp":1700000000}""", ErrorCode.TokenExpired)]
    [InlineData("""{"channel":"$chat:vip","sub":"ann","nbf":1700000061}""", ErrorCode.Unauthorized)]
    [InlineData("""{"sub":"ann"}""", ErrorCode.Unauthorized)]
    [InlineData("""{"channel":["$chat:vip"],"sub":"ann"}""", ErrorCode.Unauthorized)]
    [InlineData("""{"channel":"$chat:vip","channel":"$chat:vip","sub":"ann"}""", ErrorCode.Unauthorized)]
    [InlineData("""{"channel":"$chat:vip","sub":7}""", ErrorCode.Unauthorized)]
    [InlineData("""{"channel":"$chat:vip","sub":null}""", ErrorCode.Unauthorized)]
    [InlineData("""{"channel":"$chat:vip","sub":"ann","exp":"soon"}""", ErrorCode.Unauthorized)]
    public void Anything_else_is_refused(string payload, ErrorCode code)
    {
        var verdict = Verify(payload, "ann");

        (verdict.Until, verdict.Refusal).ShouldBe((null, code));
        verdict.Reason.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void A_token_of_a_user_is_not_for_a_session_without_one() =>
        Verify("""{"channel":"$chat:vip","sub":"ann"}""", null).Refusal.ShouldBe(ErrorCode.Forbidden);

    [Theory]
    [InlineData("""{"alg":"none","typ":"JWT"}""")]
    [InlineData("""{"alg":"HS512","typ":"JWT"}""")]
    [InlineData("""{"alg":"HS256","typ":"other"}""")]
    [InlineData("""{"alg":"HS256","crit":["exp"]}""")]
    public void Another_header_is_refused(string header) => Judge(Jwt.Sign("""{"channel":"$chat:vip","sub":"ann"}""", Key, header)).Refusal.ShouldBe(ErrorCode.Unauthorized);

    [Fact]
    public void Another_key_is_refused() => Judge(Jwt.Sign("""{"channel":"$chat:vip","sub":"ann"}""", Key + "!")).Refusal.ShouldBe(ErrorCode.Unauthorized);

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a.b")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.")]
    public void What_is_no_token_is_refused(string token) => Judge(token).Refusal.ShouldBe(ErrorCode.Unauthorized);

    [Fact]
    public void It_makes_nobody_a_user() => _verifier.Verify(Jwt.Sign("""{"channel":"$chat:vip","sub":"ann"}""", Key), At(Now)).Refusal.ShouldBe(ErrorCode.Unauthorized);

    private static DateTimeOffset At(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);

    private SubscriptionVerdict Verify(string payload, string? user) =>
        _verifier.Verify(Jwt.Sign(payload, Key), Vip, user is null ? null : new UserId(user), At(Now));

    private SubscriptionVerdict Judge(string token) => _verifier.Verify(token, Vip, new UserId("ann"), At(Now));
}
