using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Realtime.Tests.Auth;

/// <summary>The known ways to get past a check of JSON Web Tokens, and plain rubbish.</summary>
internal static class ForgedTokens
{
    private const string Payload = """{"sub":"mallory"}""";
    private const string OwnKey = "the attacker's own key of 32 bytes!";

    public static IEnumerable<(string What, string Token)> All(string key) => [.. Malformed(), .. WrongAlgorithms(key), .. WrongKeys(key), .. WrongClaims(key)];

    private static IEnumerable<(string, string)> Malformed() =>
    [
        ("empty", ""),
        ("not a token", "hello"),
        ("two parts", "a.b"),
        ("five parts (JWE)", Jwt.Encode("""{"alg":"dir","enc":"A256GCM"}""") + "..AAAA.BBBB.CCCC"),
        ("not base64", "!!.??.**"),
        ("not JSON", Jwt.Encode("x") + "." + Jwt.Encode("y") + ".AAAA"),
    ];

    private static IEnumerable<(string, string)> WrongAlgorithms(string key)
    {
        using var rsa = RSA.Create(2048);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var elliptic = Jwt.Encode("""{"alg":"ES256","typ":"JWT"}""") + "." + Jwt.Encode(Payload);
        return
        [
            ("none", Jwt.Encode("""{"alg":"none"}""") + "." + Jwt.Encode(Payload) + "."),
            ("None", Jwt.Encode("""{"alg":"None"}""") + "." + Jwt.Encode(Payload) + "."),
            ("nOnE", Jwt.Encode("""{"alg":"nOnE"}""") + "." + Jwt.Encode(Payload) + "."),
            ("none, but signed", Jwt.Sign(Payload, key, """{"alg":"none"}""")),
            ("no alg", Jwt.Sign(Payload, key, """{"typ":"JWT"}""")),
            ("HS512 by name", Jwt.Sign(Payload, key, """{"alg":"HS512"}""")),
            ("HS512 in earnest, same key", Jwt.SignHs512(Payload, key)),
            ("RS256 by name", Jwt.Sign(Payload, key, """{"alg":"RS256"}""")),
            ("public key as secret", Jwt.Sign(Payload, rsa.ExportSubjectPublicKeyInfoPem())),
            ("ES256, r = s = 0", elliptic + "." + Base64Url.EncodeToString(new byte[64])),
            ("ES256, signed by another", elliptic + "." + Base64Url.EncodeToString(ecdsa.SignData(Encoding.ASCII.GetBytes(elliptic), HashAlgorithmName.SHA256))),
        ];
    }

    private static IEnumerable<(string, string)> WrongKeys(string key)
    {
        var good = Jwt.Sign(Payload, key);
        return
        [
            ("other key", Jwt.Sign(Payload, key + "!")),
            ("empty signature", good[..(good.LastIndexOf('.') + 1)]),
            ("cut signature", good[..^4]),
            ("changed payload", good.Replace(Jwt.Encode(Payload), Jwt.Encode("""{"sub":"admin"}"""), StringComparison.Ordinal)),
            ("own key (jwk)", Jwt.Sign(Payload, OwnKey, """{"alg":"HS256","jwk":{"kty":"oct","k":"dGhlIGF0dGFja2VyJ3Mgb3duIGtleSBvZiAzMiBieXRlcyE"}}""")),
            ("own key (jku)", Jwt.Sign(Payload, OwnKey, """{"alg":"HS256","jku":"https://evil.example/keys"}""")),
            ("kid of a path", Jwt.Sign(Payload, "", """{"alg":"HS256","kid":"../../dev/null"}""")),
            ("kid of SQL", Jwt.Sign(Payload, "x", """{"alg":"HS256","kid":"' UNION SELECT 'x"}""")),
        ];
    }

    private static IEnumerable<(string, string)> WrongClaims(string key) =>
    [
        ("arrays", Jwt.Sign("[]", key)),
        ("half a character", Jwt.Sign("""{"sub":"\ud800"}""", key)),
        ("critical extension", Jwt.Sign(Payload, key, """{"alg":"HS256","crit":["b64"],"b64":false}""")),
        ("other type", Jwt.Sign(Payload, key, """{"alg":"HS256","typ":"at+jwt"}""")),
        ("duplicate claim", Jwt.Sign("""{"sub":"alice","sub":"mallory"}""", key)),
        ("duplicate header", Jwt.Sign(Payload, key, """{"alg":"none","alg":"HS256"}""")),
        ("no user", Jwt.Sign("""{"name":"alice"}""", key)),
        ("empty user", Jwt.Sign("""{"sub":""}""", key)),
        ("user not a text", Jwt.Sign("""{"sub":7}""", key)),
        ("user with line break", Jwt.Sign("""{"sub":"alice\nadmin"}""", key)),
        ("user with NUL", Jwt.Sign("""{"sub":"alice\u0000"}""", key)),
        ("user too long", Jwt.Sign($$"""{"sub":"{{new string('a', 129)}}"}""", key)),
        ("user of too many bytes", Jwt.Sign($$"""{"sub":"{{new string('€', 100)}}"}""", key)),
        ("exp not a number", Jwt.Sign("""{"sub":"alice","exp":"never"}""", key)),
        ("exp out of range", Jwt.Sign("""{"sub":"alice","exp":1e300}""", key)),
        ("nbf negative", Jwt.Sign("""{"sub":"alice","nbf":-1}""", key)),
        ("too long", Jwt.Sign($$"""{"sub":"alice","x":"{{new string('a', 8192)}}"}""", key)),
        ("nested deep", Jwt.Sign($$"""{"sub":"alice","x":{{new string('[', 1000)}}{{new string(']', 1000)}}}""", key)),
    ];
}
