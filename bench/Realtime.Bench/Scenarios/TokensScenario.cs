using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

/// <summary>The same handshakes with a token in each hello and without: what checking a token costs.</summary>
internal sealed class TokensScenario : IScenario
{
    private const int DefaultSessions = 5_000;
    private const int Turns = 3;
    private const string Secret = "of-this-benchmark-alone-0123456789abcdef";

    public string Name => "tokens";

    public string Question => "How many handshakes per second are there with a token in each hello, against those without?";

    public async Task RunAsync(BenchOptions options, Figures figures)
    {
        var sessions = options.Sessions ?? DefaultSessions;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2_048);
        var folder = Directory.CreateTempSubdirectory("realtime-bench-key-");
        var file = Path.Combine(folder.FullName, "key.pem");
        await File.WriteAllTextAsync(file, key.ExportSubjectPublicKeyInfoPem());
        await File.WriteAllTextAsync(file + ".rsa", rsa.ExportSubjectPublicKeyInfoPem());
        try
        {
            var node = ServerRecipes.Realtime(options, "memory");
            node = node with
            {
                Environment = new Dictionary<string, string>(node.Environment)
                {
                    // A user has a channel of their own beside the one that is asked for, which is another cost.
                    ["REALTIME__NAMESPACES__@__SUBSCRIBE"] = "Nobody",
                    // All sessions are of one user, who may have so many and no more.
                    ["REALTIME__LIMITS__USER__SOCKETS"] = "100000",
                    ["REALTIME__LIMITS__USER__HANDSHAKES"] = "100000",
                    ["REALTIME__LIMITS__USER__HANDSHAKEBURST"] = "100000",
                    ["REALTIME__AUTH__KEYS__hs__ALGORITHM"] = "HS256",
                    ["REALTIME__AUTH__KEYS__hs__KEY"] = Secret,
                    ["REALTIME__AUTH__KEYS__rs__ALGORITHM"] = "RS256",
                    ["REALTIME__AUTH__KEYS__rs__KEYFILE"] = file + ".rsa",
                    ["REALTIME__AUTH__KEYS__es__ALGORITHM"] = "ES256",
                    ["REALTIME__AUTH__KEYS__es__KEYFILE"] = file,
                },
            };
            (string Name, string? Token)[] kinds =
            [
                ("no token", null),
                ("HS256", Token("HS256", "hs", signed => HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), signed))),
                ("RS256", Token("RS256", "rs", signed => rsa.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))),
                ("ES256", Token("ES256", "es", signed => key.SignData(signed, HashAlgorithmName.SHA256))),
            ];
            figures.Under($"{sessions:N0} handshakes to subscribed a turn, {Turns} turns each on one warm server per kind, medians");
            var rates = new Dictionary<string, double>();
            foreach (var (name, token) in kinds)
            {
                await TestBed.UseAsync(node, options with { UserToken = token }, sessions, async bed =>
                {
                    var channel = ServerRecipes.Channel("memory");
                    List<double> turns = [];
                    for (var turn = 0; turn <= Turns; turn++)
                    {
                        var connected = await bed.Fleet.ConnectAsync(Role.Subscriber, sessions, channel);
                        turns.Add(sessions * (double)LoadClock.Second / (connected.Last - connected.First));
                        await bed.Fleet.CollectAsync();
                        await bed.Fleet.DisconnectAsync(bye: true);
                    }

                    // The first turn is for the compiler.
                    rates[name] = turns.Skip(1).Order().ElementAt(Turns / 2);
                    figures.Add($"handshakes, {name}", "1/s", rates[name]);
                });
            }

            foreach (var (name, _) in kinds.Skip(1))
                figures.Add($"handshakes with {name} against without", "×", rates[name] / rates[kinds[0].Name], "≥ 0.9");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Token(string algorithm, string key, Func<byte[], byte[]> sign)
    {
        var end = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        var signed = $"{Encode($$"""{"alg":"{{algorithm}}","typ":"JWT","kid":"{{key}}"}""")}.{Encode($$$"""{"sub":"bench","exp":{{{end}}},"channels":{"bench*":"*"}}""")}";
        return signed + "." + Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)));
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
