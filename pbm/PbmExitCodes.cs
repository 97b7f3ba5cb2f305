namespace Realtime.Pbm;

/// <summary>What the program says when it ends; documented in docs/operator-api.md, so numbers never change their meaning.</summary>
internal static class PbmExitCodes
{
    public const int Done = 0;
    public const int Unexpected = 1;
    public const int BadArguments = 2;
    public const int NobodyAnswers = 3;
    public const int NotAllowed = 4;
    public const int NotFound = 5;
    public const int Refused = 6;
    public const int Unfinished = 7;

    public static int Of(int status) => status switch
    {
        400 => BadArguments,
        401 or 403 => NotAllowed,
        404 => NotFound,
        409 => Refused,
        503 or 504 => Unfinished,
        _ => Unexpected,
    };
}
