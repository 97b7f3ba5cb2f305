using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Realtime.Tests.Support;

namespace Realtime.Tests.Auth;

/// <summary>Makes tokens by hand, the forged ones included: a library would refuse to.</summary>
internal static class Jwt
{
    public const string Header = """{"alg":"HS256","typ":"JWT"}""";

    public static string Sign(string payload, string key, string header = Header)
    {
        var signed = Encode(header) + "." + Encode(payload);
        return Canaries.Suite.Plant(signed + "." + Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.ASCII.GetBytes(signed))));
    }

    /// <summary>Signed properly, with the right key, by an algorithm that the key is not for.</summary>
    public static string SignHs512(string payload, string key)
    {
        var signed = Encode("""{"alg":"HS512","typ":"JWT"}""") + "." + Encode(payload);
        return signed + "." + Base64Url.EncodeToString(HMACSHA512.HashData(Encoding.UTF8.GetBytes(key), Encoding.ASCII.GetBytes(signed)));
    }

    public static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
