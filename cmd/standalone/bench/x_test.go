package bench
import ("testing";"os";"github.com/diwan-gov/diwan/catalog/script")
func TestMain(m *testing.M){ if len(os.Args)>1 && os.Args[1]=="script-worker" { script.Worker(os.Stdin,os.Stdout); return }; os.Exit(m.Run()) }
func TestX(t *testing.T){ t.Chdir("../../.."); if err:=Run(t.Context(),os.Stdout,os.Getenv("ONLY")); err!=nil {t.Error(err)}  }
