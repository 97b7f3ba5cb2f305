# One entry for people who think in scripts. Each word is one plain dotnet command; the README shows the same ones.
param([Parameter(Mandatory)][ValidateSet('build', 'test', 'bench', 'run')][string] $Command)

Set-Location $PSScriptRoot
switch ($Command) {
  'build' { dotnet build }
  'test' { dotnet test }
  'bench' { dotnet run -c Release --project bench/Realtime.Bench -- all }
  'run' { dotnet run --project Realtime.Node }
}
exit $LASTEXITCODE
