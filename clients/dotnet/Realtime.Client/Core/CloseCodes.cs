using System.Globalization;

namespace Realtime.Client.Core;

/// <summary>The ranges of close codes (protocol, section 3); the number alone says whether to come back.</summary>
internal static class CloseCodes
{
    public const int Normal = 1000;
    public const int ProtocolError = 1002;
    public const int Restart = 4000;
    public const int Superseded = 4200;

    public static bool IsElsewhere(int? code) => code is >= 4100 and <= 4199;

    /// <summary>The node stops or is being emptied: the session goes on at another one, where one is known.</summary>
    public static bool IsLeaving(int? code) => code == Restart || IsElsewhere(code);

    public static bool IsFinal(int? code) => code is >= 4200 and <= 4299;

    public static string Name(int? code) => string.Create(CultureInfo.InvariantCulture, $"closed_{code}");
}
