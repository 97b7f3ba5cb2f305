using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Realtime.Client;

/// <summary>For the application's endpoint: whether a webhook comes from the server, is what it sent, and is not an old one sent again.</summary>
public static class WebhookSignature
{
    /// <summary>Of the request, and what this checks: <c>t=SECONDS,v1=HEX</c>, with as many <c>v1</c> as the server has keys.</summary>
    public const string Header = "Realtime-Signature";

    private const int MostParts = 32;

    /// <summary>How old a request may be, and how far ahead the server's clock.</summary>
    public static TimeSpan Tolerance { get; } = TimeSpan.FromMinutes(5);

    /// <param name="header">The value of <see cref="Header"/>; null when there is none.</param>
    /// <param name="body">As it was received: parsed and written again it is another one.</param>
    /// <param name="secrets">Those that count now. While one follows another both do.</param>
    public static bool Verify(string? header, ReadOnlySpan<byte> body, IReadOnlyCollection<string> secrets, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        if (header is null || Read(header) is not var (time, signatures))
        {
            return false;
        }

        var age = now.ToUnixTimeSeconds() - time;
        if (age > Tolerance.TotalSeconds || age < -Tolerance.TotalSeconds)
        {
            return false;
        }

        // All are compared, whichever is right: the time it takes says nothing.
        var isRight = false;
        Span<byte> wanted = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var secret in secrets)
        {
            using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
            mac.AppendData(Encoding.UTF8.GetBytes(time.ToString(CultureInfo.InvariantCulture) + "."));
            mac.AppendData(body);
            mac.GetHashAndReset(wanted);
            foreach (var signature in signatures)
            {
                isRight |= CryptographicOperations.FixedTimeEquals(signature, wanted);
            }
        }

        return isRight;
    }

    private static (long Time, List<byte[]> Signatures)? Read(string header)
    {
        long? time = null;
        var signatures = new List<byte[]>();
        var parts = header.Split(',', MostParts + 1);
        if (parts.Length > MostParts)
        {
            return null;
        }

        foreach (var part in parts)
        {
            if (part.StartsWith("t=", StringComparison.Ordinal))
            {
                if (time is not null || !long.TryParse(part.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > 253_402_300_799)
                {
                    return null;
                }

                time = seconds;
            }
            else if (part.StartsWith("v1=", StringComparison.Ordinal) && part.Length == 3 + (HMACSHA256.HashSizeInBytes * 2))
            {
                signatures.AddRange(Hex(part[3..]));
            }
        }

        return time is { } known && signatures.Count > 0 ? (known, signatures) : null;
    }

    /// <summary>One, or none: it is no number.</summary>
    private static byte[][] Hex(string text)
    {
        var bytes = new byte[text.Length / 2];
        return Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done ? [bytes] : [];
    }
}
