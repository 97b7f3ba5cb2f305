using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;

namespace Realtime.Tests.Auth;

public sealed class KeyVerifierTests
{
    private const long Now = 1_800_000_000;
    private const string Payload = """{"sub":"alice","exp":1800000600}""";
    private static readonly DateTimeOffset Moment = DateTimeOffset.FromUnixTimeSeconds(Now);

    public static TheoryData<string> Algorithms => [.. TokenAlgorithms.All];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_key_takes_what_it_signed_and_nothing_else(string algorithm)
    {
        using var key = new SigningKey("a", algorithm);
        using var other = new SigningKey("a2", algorithm);
        var verifier = new KeyVerifier([key.ToKey()], null, new TokenRules());

        verifier.Verify(key.Sign(Payload), Moment).Identity.ShouldNotBeNull().User.ShouldBe(new UserId("alice"));
        Refused(verifier, other.Sign(Payload, $$"""{"alg":"{{algorithm}}","kid":"a"}"""));
        foreach (var claimed in TokenAlgorithms.All.Where(name => name != algorithm).Append("none").Append("None").Append("nOnE").Append(""))
        {
            Refused(verifier, key.Sign(Payload, $$"""{"alg":"{{claimed}}","kid":"a"}"""));
        }
    }

    [Theory]
    [InlineData("RS256", "HS256")]
    [InlineData("RS256", "HS512")]
    [InlineData("PS256", "HS256")]
    [InlineData("ES256", "HS256")]
    public void A_public_key_is_no_secret(string algorithm, string claimed)
    {
        using var key = new SigningKey("a", algorithm);
        var verifier = new KeyVerifier([key.ToKey()], null, new TokenRules());
        foreach (var secret in new[] { key.Text, key.Text.TrimEnd(), key.Text + "\n" })
        {
            foreach (var header in new[] { $$"""{"alg":"{{claimed}}","kid":"a"}""", $$"""{"alg":"{{claimed}}"}""", $$"""{"alg":"{{algorithm}}","kid":"a"}""" })
            {
                Refused(verifier, Jwt.Sign(Payload, secret, header));
            }
        }
    }

    [Theory]
    [InlineData("ES256", 64)]
    [InlineData("ES384", 96)]
    [InlineData("ES512", 132)]
    public void A_signature_of_zeros_is_none(string algorithm, int bytes)
    {
        using var key = new SigningKey("a", algorithm);
        var verifier = new KeyVerifier([key.ToKey()], null, new TokenRules());
        var token = key.Sign(Payload);
        var signed = token[..(token.LastIndexOf('.') + 1)];

        Refused(verifier, signed + Base64Url.EncodeToString(new byte[bytes]));
        Refused(verifier, signed + Base64Url.EncodeToString([0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00]));
        Refused(verifier, signed);
    }

    [Theory]
    [InlineData("../../dev/null")]
    [InlineData("' UNION SELECT 'x")]
    [InlineData("https://evil.example/key")]
    [InlineData("/etc/hostname")]
    [InlineData("")]
    [InlineData("a ")]
    [InlineData("аа")]
    public void A_kid_is_looked_up_and_nothing_else(string id)
    {
        using var key = new SigningKey("a", "RS256");

        Refused(new KeyVerifier([key.ToKey()], null, new TokenRules()), key.Sign(Payload, $$"""{"alg":"RS256","kid":"{{id}}"}"""));
    }

    [Theory]
    [InlineData("\"kid\":7")]
    [InlineData("\"kid\":null")]
    [InlineData("\"kid\":\"a\",\"crit\":[\"exp\"]")]
    [InlineData("\"kid\":\"a\",\"typ\":\"at+jwt\"")]
    [InlineData("\"kid\":\"a\",\"typ\":7")]
    [InlineData("\"kid\":\"a\",\"kid\":\"a\"")]
    [InlineData("\"kid\":\"a\",\"\\u006bid\":\"a\"")]
    public void A_head_that_is_not_plain_is_refused(string head)
    {
        using var key = new SigningKey("a", "RS256");

        Refused(new KeyVerifier([key.ToKey()], null, new TokenRules()), key.Sign(Payload, $$"""{"alg":"RS256",{{head}}}"""));
    }

    [Theory]
    [InlineData("jku", "\"https://evil.example/keys\"")]
    [InlineData("x5u", "\"https://evil.example/certificate\"")]
    [InlineData("x5c", "[\"AAAA\"]")]
    [InlineData("jwk", "{\"kty\":\"oct\",\"k\":\"AAAA\"}")]
    public void Keys_that_a_token_brings_choose_nothing(string name, string value)
    {
        using var key = new SigningKey("a", "RS256");
        using var own = new SigningKey("a", "RS256");
        var verifier = new KeyVerifier([key.ToKey()], null, new TokenRules());
        var header = $$"""{"alg":"RS256","kid":"a","{{name}}":{{(name == "jwk" ? own.Json() : value)}}}""";

        Refused(verifier, own.Sign(Payload, header));
        verifier.Verify(key.Sign(Payload, header), Moment).Identity.ShouldNotBeNull("what is ignored does no harm");
    }

    [Fact]
    public void Tokens_of_both_keys_count_while_keys_are_changed()
    {
        using var old = new SigningKey("2025", "RS256");
        using var next = new SigningKey("2026", "ES256");
        var verifier = new KeyVerifier([old.ToKey(), next.ToKey()], null, new TokenRules());

        verifier.Verify(old.Sign(Payload), Moment).Identity.ShouldNotBeNull();
        verifier.Verify(next.Sign(Payload), Moment).Identity.ShouldNotBeNull();
        Refused(new KeyVerifier([next.ToKey()], null, new TokenRules()), old.Sign(Payload));
        Refused(verifier, old.Sign(Payload, """{"alg":"RS256","kid":"2026"}"""));
    }

    [Fact]
    public void Without_a_kid_there_must_be_exactly_one_key_of_the_kind()
    {
        using var rsa = new SigningKey("r", "RS256");
        using var second = new SigningKey("s", "PS256");
        using var elliptic = new SigningKey("e", "ES256");
        const string Unnamed = """{"alg":"RS256"}""";

        new KeyVerifier([rsa.ToKey(), elliptic.ToKey()], null, new TokenRules()).Verify(rsa.Sign(Payload, Unnamed), Moment).Identity.ShouldNotBeNull();
        Refused(new KeyVerifier([rsa.ToKey(), second.ToKey()], null, new TokenRules()), rsa.Sign(Payload, Unnamed));
        Refused(new KeyVerifier([elliptic.ToKey()], null, new TokenRules()), rsa.Sign(Payload, Unnamed));
    }

    [Theory]
    [InlineData(Payload, true)]
    [InlineData("""{"sub":"alice"}""", false)]
    [InlineData("""{"sub":"alice","exp":1800000600,"iat":1800000060}""", true)]
    [InlineData("""{"sub":"alice","exp":1800000600,"iat":1800000061}""", false)]
    [InlineData("""{"sub":"alice","exp":1800000600,"nbf":1800000061}""", false)]
    [InlineData("""{"sub":"alice","exp":1799999999}""", false)]
    [InlineData("""{"sub":"alice","exp":1800000600,"iat":"now"}""", false)]
    [InlineData("""{"sub":"alice","sub":"bob","exp":1800000600}""", false)]
    [InlineData("""{"sub":"alice","exp":1800000600,"exp":1800000700}""", false)]
    public void Times_count_and_the_end_must_be_said(string payload, bool accepted)
    {
        using var key = new SigningKey("a", "HS256");
        var verdict = new KeyVerifier([key.ToKey()], null, new TokenRules { RequireExpiry = true }).Verify(key.Sign(payload), Moment);

        (verdict.Identity is not null).ShouldBe(accepted, verdict.Reason);
    }

    [Fact]
    public void What_the_application_says_of_the_user_and_grants_is_taken_over()
    {
        using var key = new SigningKey("a", "HS256");
        const string Said = """{"sub":"alice","iat":1799999000,"info":{"name":"Ada","roles":[1, 2]},"channels":{"chat:*":["subscribe","publish"],"news":"*","*":["history"],"x":[]}}""";
        var identity = new KeyVerifier([key.ToKey()], null, new TokenRules()).Verify(key.Sign(Said), Moment).Identity.ShouldNotBeNull();

        identity.Issued.ShouldBe(1_799_999_000_000);
        Encoding.UTF8.GetString(identity.Info.ShouldNotBeNull().Bytes.Span).ShouldBe("""{"name":"Ada","roles":[1, 2]}""");
        identity.Grants.Items.ShouldBe(
        [
            new ChannelGrant("chat:*", ChannelRights.Subscribe | ChannelRights.Publish),
            new ChannelGrant("news", ChannelRights.All),
            new ChannelGrant("*", ChannelRights.History),
            new ChannelGrant("x", ChannelRights.None),
        ]);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"*\"")]
    [InlineData("""{"chat:*":"all"}""")]
    [InlineData("""{"chat:*":["Subscribe"]}""")]
    [InlineData("""{"chat:*":["*"]}""")]
    [InlineData("""{"chat:*":[7]}""")]
    [InlineData("""{"chat:*":true}""")]
    [InlineData("""{"*:chat":["publish"]}""")]
    [InlineData("""{"chat:**":["publish"]}""")]
    [InlineData("""{"":["publish"]}""")]
    [InlineData("""{" chat":["publish"]}""")]
    [InlineData("""{"chat\u0000":["publish"]}""")]
    [InlineData("""{"cafe\u0301":["publish"]}""")]
    [InlineData("""{"~calls:*":["publish"]}""")]
    [InlineData("""{"~*":["publish"]}""")]
    public void Grants_that_say_something_else_refuse_the_token_and_name_the_claim(string channels)
    {
        using var key = new SigningKey("a", "HS256");
        var verdict = new KeyVerifier([key.ToKey()], null, new TokenRules()).Verify(key.Sign($$"""{"sub":"alice","channels":{{channels}}}"""), Moment);

        verdict.Refusal.ShouldBe(ErrorCode.Unauthorized);
        verdict.Reason.ShouldNotBeNull().ShouldContain("channels");
    }

    [Fact]
    public void A_token_for_a_channel_is_judged_by_the_same_keys_and_rules_and_is_nobody()
    {
        using var key = new SigningKey("a", "ES256");
        using var other = new SigningKey("a", "ES256");
        var channel = ChannelName.Parse("$chat:vip");
        var alice = new UserId("alice");
        var verifier = new KeyVerifier([key.ToKey()], null, new TokenRules { Issuer = "shop", RequireExpiry = true });
        const string Claims = """{"channel":"$chat:vip","sub":"alice","iss":"shop","exp":1800000600}""";

        verifier.Verify(key.Sign(Claims), channel, alice, Moment).Until.ShouldBe(1_800_000_600_000);
        verifier.Verify(other.Sign(Claims), channel, alice, Moment).Refusal.ShouldBe(ErrorCode.Unauthorized);
        verifier.Verify(key.Sign(Claims.Replace("shop", "mall", StringComparison.Ordinal)), channel, alice, Moment).Refusal.ShouldBe(ErrorCode.Unauthorized);
        verifier.Verify(key.Sign("""{"channel":"$chat:vip","sub":"alice","iss":"shop"}"""), channel, alice, Moment).Refusal.ShouldBe(ErrorCode.Unauthorized);
        verifier.Verify(key.Sign(Claims), channel, new UserId("bob"), Moment).Until.ShouldBeNull();
        verifier.Verify(key.Sign(Claims), Moment).Refusal.ShouldBe(ErrorCode.Unauthorized);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Grants_are_bounded(int count, bool accepted)
    {
        using var key = new SigningKey("a", "HS256");
        var entries = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"c{i}\":\"*\""));

        (new KeyVerifier([key.ToKey()], null, new TokenRules()).Verify(key.Sign($$$"""{"sub":"a","channels":{{{{entries}}}}}"""), Moment).Identity is not null).ShouldBe(accepted);
    }

    [Theory]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    public void What_is_said_of_a_user_is_bounded(int bytes, bool accepted)
    {
        using var key = new SigningKey("a", "HS256");
        var verdict = new KeyVerifier([key.ToKey()], null, new TokenRules()).Verify(key.Sign($$"""{"sub":"a","info":"{{new string('i', bytes - 2)}}"}"""), Moment);

        (verdict.Identity is not null).ShouldBe(accepted, verdict.Reason);
    }

    [Fact]
    public void Short_keys_private_keys_and_keys_of_another_kind_are_refused()
    {
        using var small = new SigningKey("a", "RS256", rsaBits: 1024);
        using var rsa = new SigningKey("a", "RS256");
        using var elliptic = new SigningKey("a", "ES256");

        Fault("RS256", small.Text).ShouldContain("2048 bits");
        Fault("RS256", rsa.PrivateText).ShouldContain("private key");
        Fault("ES256", elliptic.PrivateText).ShouldContain("private key");
        Fault("ES384", elliptic.Text).ShouldContain("curve");
        Fault("ES256", rsa.Text).ShouldNotBeNull();
        Fault("RS256", "not a key").ShouldContain("PEM");
        Fault("HS256", rsa.Text).ShouldContain("secret");
        Fault("HS256", new string('k', 31)).ShouldContain("32 bytes");
        Fault("HS384", new string('k', 47)).ShouldContain("48 bytes");
        Fault("HS512", new string('k', 63)).ShouldContain("64 bytes");
    }

    [Fact]
    public void A_certificate_is_a_key()
    {
        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=application", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(Moment, Moment.AddDays(1));

        TokenKeyText.TryRead("a", "RS256", certificate.ExportCertificatePem(), out var key, out var fault).ShouldBeTrue(fault);
        key.ShouldNotBeNull().Family.ShouldBe(KeyFamily.Rsa);
    }

    private static string Fault(string algorithm, string text)
    {
        TokenKeyText.TryRead("a", algorithm, text, out _, out var fault).ShouldBeFalse();
        return fault.ShouldNotBeNull();
    }

    private static void Refused(KeyVerifier verifier, string token)
    {
        var verdict = verifier.Verify(token, Moment);
        verdict.Identity.ShouldBeNull();
        verdict.Refusal.ShouldBe(ErrorCode.Unauthorized);
        verdict.Reason.ShouldNotBeNullOrEmpty();
    }
}
