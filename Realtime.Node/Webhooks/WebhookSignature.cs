using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Realtime.Node.Webhooks;

/// <summary>
/// Says who sent a body and when: <c>t=SECONDS,v1=HEX</c>, with one <c>v1</c> for each key, the HMAC-SHA256 of <c>SECONDS.BODY</c>. The receiver accepts whichever it knows, so that keys can be changed without a pause.
/// </summary>
internal static class WebhookSignature
{
    public const string Header = "Realtime-Signature";

    /// <param name="at">Seconds since 1970.</param>
    public static string Of(IReadOnlyList<string> secrets, long at, ReadOnlySpan<byte> body)
    {
        var time = at.ToString(CultureInfo.InvariantCulture);
        var text = new StringBuilder("t=").Append(time);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var secret in secrets)
        {
            using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
            mac.AppendData(Encoding.UTF8.GetBytes(time + "."));
            mac.AppendData(body);
            mac.GetHashAndReset(hash);
            text.Append(",v1=").Append(Convert.ToHexStringLower(hash));
        }

        return text.ToString();
    }
}
