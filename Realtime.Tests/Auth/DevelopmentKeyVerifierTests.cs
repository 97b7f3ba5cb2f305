using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;

namespace Realtime.Tests.Auth;

public sealed class DevelopmentKeyVerifierTests
{
    // Long enough for HS512 too, so that the length is not what refuses that.
    private const string Key = "a development key of at least 32 bytes, this one is of more than 64 bytes";
    private const long Now = 1_800_000_000;
    private static readonly DateTimeOffset Moment = DateTimeOffset.FromUnixTimeSeconds(Now);

    private readonly DevelopmentKeyVerifier _verifier = new(Key);

    public static IEnumerable<TheoryDataRow<string, string>> Forged => ForgedTokens.All(Key).Select(forged => new TheoryDataRow<string, string>(forged.What, forged.Token));

    [Fact]
    public void A_good_token_says_who_it_is_and_until_when()
    {
        var verdict = _verifier.Verify(Jwt.Sign($$"""{"sub":"alice","exp":{{Now + 600}},"nbf":{{Now - 600}}}""", Key), Moment);

        verdict.Reason.ShouldBeNull();
        verdict.Identity.ShouldNotBeNull();
        verdict.Identity.User.ShouldBe(new UserId("alice"));
        verdict.Identity.Expires.ShouldBe((Now + 600) * 1000);
    }

    [Fact]
    public void A_token_without_exp_does_not_expire() =>
        _verifier.Verify(Jwt.Sign("""{"sub":"alice"}""", Key), Moment).Identity.ShouldNotBeNull().Expires.ShouldBeNull();

    [Fact]
    public void A_token_without_typ_is_taken() =>
        _verifier.Verify(Jwt.Sign("""{"sub":"alice"}""", Key, """{"alg":"HS256"}"""), Moment).Identity.ShouldNotBeNull();

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(0, 0, false)]
    [InlineData(0, -5, false)]
    [InlineData(60, -59, true)]
    [InlineData(60, -60, false)]
    [InlineData(60, -100_000, false)]
    public void Expiry_is_judged_by_the_callers_clock_and_the_configured_leeway(int leeway, int seconds, bool accepted)
    {
        var verdict = new DevelopmentKeyVerifier(Key, leeway: TimeSpan.FromSeconds(leeway))
            .Verify(Jwt.Sign($$"""{"sub":"alice","exp":{{Now + seconds}}}""", Key), Moment);

        (verdict.Identity is not null).ShouldBe(accepted);
        verdict.Refusal.ShouldBe(accepted ? default : ErrorCode.TokenExpired);
        verdict.Identity?.Expires.ShouldBe((Now + seconds + leeway) * 1000, "the connection, a resume and the client go by the same end");
    }

    [Fact]
    public void Fractions_of_a_second_count() =>
        _verifier.Verify(Jwt.Sign($$"""{"sub":"alice","exp":{{Now}}.25}""", Key), Moment).Identity.ShouldNotBeNull().Expires.ShouldBe((Now * 1000) + 250);

    [Theory]
    [InlineData(60, true)]
    [InlineData(61, false)]
    public void A_token_of_the_future_waits_for_its_time(int seconds, bool accepted)
    {
        var verdict = _verifier.Verify(Jwt.Sign($$"""{"sub":"alice","nbf":{{Now + seconds}}}""", Key), Moment);

        (verdict.Identity is not null).ShouldBe(accepted);
        verdict.Refusal.ShouldBe(accepted ? default : ErrorCode.Unauthorized);
    }

    /// <summary>Otherwise a bearer of forged tokens could tell a right signature from a wrong one by the error.</summary>
    [Fact]
    public void A_forged_token_that_has_expired_is_forged() =>
        _verifier.Verify(Jwt.Sign("""{"sub":"alice","exp":1}""", Key + "!"), Moment).Refusal.ShouldBe(ErrorCode.Unauthorized);

    [Theory]
    [MemberData(nameof(Forged), DisableDiscoveryEnumeration = true)]
    public void What_is_not_a_proper_token_is_refused(string what, string token)
    {
        var verdict = _verifier.Verify(token, Moment);

        verdict.Identity.ShouldBeNull(what);
        verdict.Refusal.ShouldBe(ErrorCode.Unauthorized, what);
        verdict.Reason.ShouldNotBeNullOrEmpty(what);
        if (token.Length > 20)
        {
            verdict.Reason.Contains(token[..20], StringComparison.Ordinal).ShouldBeFalse("a reason must not repeat the token");
        }
    }

    /// <summary>What the token says about keys chooses nothing, so words about them in a good token do no harm either.</summary>
    [Fact]
    public void A_kid_is_ignored() =>
        _verifier.Verify(Jwt.Sign("""{"sub":"alice"}""", Key, """{"alg":"HS256","kid":"../../dev/null"}"""), Moment).Identity.ShouldNotBeNull();

    [Fact]
    public void Every_character_of_the_signature_counts()
    {
        var token = Jwt.Sign("""{"sub":"alice"}""", Key);
        for (var i = token.LastIndexOf('.') + 1; i < token.Length - 1; i++)
        {
            var changed = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            _verifier.Verify(changed, Moment).Identity.ShouldBeNull($"at {i}");
        }
    }

    [Theory]
    [InlineData("""{"sub":"a","iss":"shop","aud":"realtime"}""", true)]
    [InlineData("""{"sub":"a","iss":"shop","aud":["mail","realtime"]}""", true)]
    [InlineData("""{"sub":"a","iss":"shop"}""", false)]
    [InlineData("""{"sub":"a","iss":"shop","aud":"mail"}""", false)]
    [InlineData("""{"sub":"a","aud":"realtime"}""", false)]
    [InlineData("""{"sub":"a","iss":"Shop","aud":"realtime"}""", false)]
    public void Issuer_and_audience_are_checked_when_configured(string payload, bool accepted)
    {
        var verdict = new DevelopmentKeyVerifier(Key, "shop", "realtime").Verify(Jwt.Sign(payload, Key), Moment);

        (verdict.Identity is not null).ShouldBe(accepted);
        verdict.Refusal.ShouldBe(accepted ? default : ErrorCode.Unauthorized);
    }

    [Fact]
    public void A_short_key_is_refused() => Should.Throw<ArgumentException>(() => new DevelopmentKeyVerifier(new string('k', 31)));

    [Fact]
    public void Without_a_key_every_token_is_refused()
    {
        var verdict = new NoTokenVerifier().Verify(Jwt.Sign("""{"sub":"alice"}""", Key), Moment);

        verdict.Identity.ShouldBeNull();
        verdict.Refusal.ShouldBe(ErrorCode.Unauthorized);
        verdict.Reason!.ShouldContain("no key is configured");
    }
}
