using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Realtime.Node.Auth;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting.Configuration;

namespace Realtime.Node.Hosting;

/// <summary>Makes a token as the application would, to try things with: what <c>token</c> prints.</summary>
internal sealed class TokenMint(AuthOptions options, TimeProvider time)
{
    private const string Path = $"{RealtimeOptions.Section}:Auth";

    /// <param name="channels">Patterns, each with all rights or, after <c>=</c>, with those that it names.</param>
    /// <param name="name">Which of the configured keys; null: the only one, or the development key.</param>
    /// <param name="privateKey">In PEM, for a key that is not a secret.</param>
    /// <exception cref="RealtimeConfigurationException">Something that it needs is missing or wrong.</exception>
    public string Mint(string user, IReadOnlyList<string> channels, TimeSpan life, string? info, string? name, string? privateKey)
    {
        var (id, algorithm, secret) = KeyOf(name);
        var header = Encode(writer =>
        {
            writer.WriteString("alg"u8, algorithm);
            writer.WriteString("typ"u8, "JWT"u8);
            if (id is not null)
            {
                writer.WriteString("kid"u8, id);
            }
        });
        var signed = header + "." + Encode(writer => Write(writer, user, channels, life, info));
        var token = signed + "." + Base64Url.EncodeToString(Sign(Encoding.ASCII.GetBytes(signed), algorithm, secret, privateKey));
        return TokenClaimsFault(signed) is { } fault ? throw Wrong(fault) : token;
    }

    private static RealtimeConfigurationException Wrong(string text) => new([text]);

    private static string Encode(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.ToArray());
    }

    /// <summary>What a node would say of it: better here than at the first connect.</summary>
    private static string? TokenClaimsFault(string signed)
    {
        using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(signed.AsSpan(signed.IndexOf('.', StringComparison.Ordinal) + 1)));
        return TokenClaims.TryRead(payload.RootElement, out _, out var fault) ? null : fault;
    }

    private (string? Id, string Algorithm, string? Secret) KeyOf(string? name)
    {
        if (name is null && options.DevelopmentKey is { } development)
        {
            return (null, DevelopmentKeyVerifier.Algorithm, development);
        }

        if (name is null && options.Keys.Count > 1)
        {
            throw Wrong($"There are several keys: choose one of {string.Join(", ", options.Keys.Keys.Order(StringComparer.Ordinal))} with --key.");
        }

        if (name is null && options.Keys.Count == 0)
        {
            throw Wrong($"There is no key to sign with: set {Path}:DevelopmentKey (REALTIME__AUTH__DEVELOPMENTKEY, at least {DevelopmentKeyVerifier.MinimumKeyBytes} bytes) or {Path}:Keys:NAME.");
        }

        var id = name ?? options.Keys.Keys.First();
        if (!options.Keys.TryGetValue(id.ToLowerInvariant(), out var key))
        {
            throw Wrong($"There is no key '{id}': set {Path}:Keys:{id}.");
        }

        return (id, key.Algorithm!, key.Key ?? File.ReadAllText(key.KeyFile!).TrimEnd('\r', '\n'));
    }

    private static byte[] Sign(byte[] data, string algorithm, string? secret, string? privateKey)
    {
        var hash = new HashAlgorithmName("SHA" + algorithm[2..]);
        var family = TokenAlgorithms.FamilyOf(algorithm);
        if (family is KeyFamily.Secret)
        {
            return CryptographicOperations.HmacData(hash, Encoding.UTF8.GetBytes(secret!), data);
        }

        if (privateKey is null)
        {
            throw Wrong($"{algorithm} signs with a private key, which no node has: give it with --key-file.");
        }

        try
        {
            if (family is KeyFamily.Rsa)
            {
                using var rsa = RSA.Create();
                rsa.ImportFromPem(privateKey);
                return rsa.SignData(data, hash, algorithm[0] is 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
            }

            using var elliptic = ECDsa.Create();
            elliptic.ImportFromPem(privateKey);
            return elliptic.SignData(data, hash);
        }
        catch (Exception unusable) when (unusable is ArgumentException or CryptographicException)
        {
            throw Wrong($"The file of --key-file has no private key in PEM for {algorithm}.");
        }
    }

    private void Write(Utf8JsonWriter writer, string user, IReadOnlyList<string> channels, TimeSpan life, string? info)
    {
        var now = time.GetUtcNow();
        writer.WriteString("sub"u8, user);
        writer.WriteNumber("iat"u8, now.ToUnixTimeSeconds());
        writer.WriteNumber("exp"u8, (now + life).ToUnixTimeSeconds());
        if ((options.Issuer ?? options.Authority) is { } issuer)
        {
            writer.WriteString("iss"u8, issuer);
        }

        if (options.Audience is { } audience)
        {
            writer.WriteString("aud"u8, audience);
        }

        if (channels.Count > 0)
        {
            writer.WriteStartObject(GrantsClaim.Name);
            foreach (var channel in channels)
            {
                Write(writer, channel);
            }

            writer.WriteEndObject();
        }

        if (info is not null)
        {
            writer.WritePropertyName("info"u8);
            try
            {
                writer.WriteRawValue(info);
            }
            catch (Exception malformed) when (malformed is JsonException or ArgumentException)
            {
                throw Wrong("--info must be JSON, such as '{\"name\":\"Ada\"}'.");
            }
        }
    }

    /// <summary>The last <c>=</c>: names may have others.</summary>
    private static void Write(Utf8JsonWriter writer, string channel)
    {
        var at = channel.LastIndexOf('=');
        if (at < 0)
        {
            writer.WriteString(channel, "*"u8);
            return;
        }

        writer.WriteStartArray(channel[..at]);
        foreach (var right in channel[(at + 1)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            writer.WriteStringValue(right);
        }

        writer.WriteEndArray();
    }
}
